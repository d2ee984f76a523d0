// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/announcer.h"

#include <vector>

#include "agent/publish/agent_object.h"
#include "agent/publish/board_requests.h"
#include "agent/publish/bus_name.h"
#include "agent/publish/figures.h"
#include "agent/publish/lease_requests.h"
#include "agent/publish/memory_object.h"
#include "policies/throttle_names.h"

namespace penstock::dbus {
namespace {

// Collects the names of members whose value is news.
class News {
  public:
    template <typename T>
    void compare(const char* member, T& announced, const T& present) {
        if (announced != present) {
            announced = present;
            // sd-bus takes a char**, and only reads it.
            members_.push_back(const_cast<char*>(member));  // NOLINT(*-const-cast)
        }
    }

    [[nodiscard]] bool empty() const { return members_.empty(); }

    void emit(sd_bus* bus, const std::string& path, const char* interface) {
        if (members_.empty()) {
            return;
        }
        members_.push_back(nullptr);
        sd_bus_emit_properties_changed_strv(bus, path.c_str(), interface, members_.data());
    }

  private:
    std::vector<char*> members_{};
};

// Whether the held-back members may go out too; those that must go at once carry them along.
bool quiet_time_over(const News& urgent, TimePoint now, TimePoint& quiet_until, Duration length) {
    if (urgent.empty() && now < quiet_until) {
        return false;
    }
    quiet_until = now + length;
    return true;
}

}  // namespace

void Announcer::changed(ManagerObject& manager) {
    ManagerObject::Announced& said = manager.announced;
    News news;
    news.compare("Policy", said.policy, manager.policy);
    news.compare("PolicySettings", said.policy_settings, manager.policy_settings);
    news.compare("PreemptionEnabled", said.preemption_enabled, manager.preemption_enabled);
    news.compare("DryRun", said.dry_run, manager.dry_run);
    news.compare("State", said.state, state_of(manager));
    news.compare("DegradedReasons", said.degraded_reasons, manager.degraded_reasons);
    news.compare("ConfigTimestampUSec", said.config_read, manager.config_read);
    news.compare("LastReloadError", said.last_reload_error, manager.last_reload_error);
    news.compare("Features", said.features, manager.features);
    news.compare("Sources", said.sources, manager.sources);
    news.compare("ThrottleLevel", said.throttle, manager.throttle);
    news.compare("BoardGeneration", said.board, board_generation(manager));
    const bool counts_differ =
        said.processes != process_count(manager) || said.queues != manager.queues ||
        said.queues_suspended != manager.queues_suspended || said.leases != lease_count(manager);
    const TimePoint now = manager.surface.now;
    if (counts_differ && quiet_time_over(news, now, said.quiet_until, count_quiet_time)) {
        news.compare("NProcesses", said.processes, process_count(manager));
        news.compare("NQueues", said.queues, manager.queues);
        news.compare("NQueuesSuspended", said.queues_suspended, manager.queues_suspended);
        news.compare("NLeases", said.leases, lease_count(manager));
    }
    news.emit(bus_, root_path, manager_interface);
}

void Announcer::changed(ProcessObject& process) {
    ProcessObject::Announced& said = process.announced;
    News news;
    news.compare("Command", said.command, process.owner.command);
    const ProcessOrigin& origin = process.owner.origin;
    news.compare("Executable", said.origin.executable, origin.executable);
    news.compare("ControlGroup", said.origin.control_group, origin.control_group);
    news.compare("Unit", said.origin.unit, origin.unit);
    news.compare("JobId", said.origin.job, origin.job);
    each_term([&]<typename T>(const Term<T>& term) {
        Chosen<T>& former = *(said.terms.*term.choice);
        news.compare(term.member, former.value, process.owner.*term.value);
        news.compare(term.source_member, former.source, process.owner.*term.source);
    });
    news.compare("PreemptionLevel", said.level, process.owner.level);
    news.compare("PreemptionLevelReason", said.level_reason, process.owner.level_reason);
    const auto queues = static_cast<std::uint32_t>(process.queues.size());
    const ProcessState state = state_of(process);
    const bool differ = said.state != state || said.queues != queues;
    const TimePoint now = process.surface.now;
    const bool last_words = state == ProcessState::gone;
    if (differ &&
        (last_words || quiet_time_over(news, now, said.quiet_until, process_quiet_time))) {
        news.compare("State", said.state, state);
        news.compare("NQueues", said.queues, queues);
    }
    news.emit(bus_, numbered_path(process_prefix, process.owner.pid), process_interface);
}

void Announcer::changed(GpuObject& gpu) {
    News news;
    if (gpu.announced.queues != gpu.queues &&
        quiet_time_over(news, gpu.surface.now, gpu.announced.quiet_until, count_quiet_time)) {
        news.compare("NQueues", gpu.announced.queues, gpu.queues);
    }
    news.emit(bus_, numbered_path(gpu_prefix, gpu.device.gpu.value), gpu_interface);
}

void Announcer::changed(MemoryObject& memory) {
    if (memory.announced.level != memory.node.throttle.level && budget_.take(memory.surface.now)) {
        signal_throttle(memory);
    }
    News news;
    news.compare("ThrottleLevel", memory.announced.level, memory.node.throttle.level);
    news.compare("TargetUtilization", memory.announced.target, memory.node.throttle.target);
    news.compare("PeakBytesPerSecond", memory.announced.peak, rate_of(memory.node.peak));
    news.compare("PeakSource", memory.announced.peak_source, peak_source_of(memory));
    news.compare("Sources", memory.announced.sources, sources_of(memory));
    if (memory.announced.leased != leased_of(memory) &&
        quiet_time_over(news, memory.surface.now, memory.announced.quiet_until, count_quiet_time)) {
        news.compare("LeasedBytesPerSecond", memory.announced.leased, leased_of(memory));
    }
    news.emit(bus_, numbered_path(memory_prefix, memory.node.number), memory_interface);
}

void Announcer::changed(LeaseObject& lease) {
    if (!lease.announced.present) {
        return;
    }
    News news;
    if (lease.announced.granted != lease.granted &&
        quiet_time_over(news, lease.surface.now, lease.announced.quiet_until, process_quiet_time)) {
        news.compare("BytesPerSecond", lease.announced.granted, lease.granted);
    }
    news.emit(bus_, numbered_path(lease_prefix, lease.id.number), lease_interface);
}

void Announcer::appeared(ProcessObject& process, const std::string& path) {
    process.announced = {.terms = terms_of(process.owner),
                         .level = process.owner.level,
                         .level_reason = process.owner.level_reason,
                         .command = process.owner.command,
                         .origin = process.owner.origin,
                         .state = state_of(process),
                         .queues = static_cast<std::uint32_t>(process.queues.size()),
                         .quiet_until = process.surface.now + process_quiet_time};
    sd_bus_emit_object_added(bus_, path.c_str());
}

void Announcer::appeared(GpuObject& gpu, const std::string& path) {
    gpu.announced = {.queues = gpu.queues, .quiet_until = gpu.surface.now + count_quiet_time};
    sd_bus_emit_object_added(bus_, path.c_str());
}

void Announcer::appeared(MemoryObject& memory, const std::string& path) {
    memory.announced = {.peak = rate_of(memory.node.peak),
                        .peak_source = peak_source_of(memory),
                        .sources = sources_of(memory),
                        .level = memory.node.throttle.level,
                        .target = memory.node.throttle.target,
                        .leased = leased_of(memory)};
    sd_bus_emit_object_added(bus_, path.c_str());
}

void Announcer::appeared(PackageObject& /*package*/, const std::string& path) {
    sd_bus_emit_object_added(bus_, path.c_str());
}

void Announcer::appeared(LeaseObject& lease, const std::string& path) {
    lease.announced = {.present = true,
                       .granted = lease.granted,
                       .quiet_until = lease.surface.now + process_quiet_time};
    sd_bus_emit_object_added(bus_, path.c_str());
}

void Announcer::vanished(const std::string& path) {
    sd_bus_emit_object_removed(bus_, path.c_str());
}

void Announcer::reloading(bool active) {
    sd_bus_emit_signal(
        bus_, root_path, manager_interface, "Reloading", "b", static_cast<int>(active));
}

void Announcer::suspensions(const ProcessObject& process, const Tally& before) {
    const Tally after = tally_of(process.owner);
    const bool began = after.preemptions > before.preemptions;
    if (began && budget_.take(process.surface.now)) {
        signal_preempted(process);
    }
    const bool ended = !after.suspended && (before.suspended || began);
    if (ended && budget_.take(process.surface.now)) {
        signal_resumed(process, after.finished - before.finished);
    }
}

void Announcer::signal_throttle(const MemoryObject& memory) {
    const Throttle& throttle = memory.node.throttle;
    sd_bus_emit_signal(bus_,
                       root_path,
                       manager_interface,
                       "ThrottleChanged",
                       "ouus",
                       numbered_path(memory_prefix, memory.node.number).c_str(),
                       static_cast<std::uint32_t>(memory.announced.level),
                       static_cast<std::uint32_t>(throttle.level),
                       std::string(name_of(throttle.cause)).c_str());
}

void Announcer::signal_preempted(const ProcessObject& process) {
    const Owner& owner = process.owner;
    const TimePoint now = process.surface.now;
    const bool held = owner.held_until && *owner.held_until > now;
    const Duration longest =
        held ? *owner.held_until - now : process.surface.limits.longest_suspension;
    sd_bus_emit_signal(bus_,
                       root_path,
                       manager_interface,
                       "ProcessPreempted",
                       "otust",
                       numbered_path(process_prefix, owner.pid).c_str(),
                       owner.id.value,
                       static_cast<std::uint32_t>(process.queues.size()),
                       held ? "operator-request" : "higher-rank-has-work",
                       usec_of(longest));
}

void Announcer::signal_resumed(const ProcessObject& process, Duration suspended) {
    sd_bus_emit_signal(bus_,
                       root_path,
                       manager_interface,
                       "ProcessResumed",
                       "otut",
                       numbered_path(process_prefix, process.owner.pid).c_str(),
                       process.owner.id.value,
                       static_cast<std::uint32_t>(process.queues.size()),
                       usec_of(suspended));
}

}  // namespace penstock::dbus
