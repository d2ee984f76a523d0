// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/agent_object.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>

#include "agent/publish/agent_requests.h"
#include "agent/publish/board_requests.h"
#include "agent/publish/descriptor_requests.h"
#include "agent/publish/figures.h"
#include "agent/publish/history_requests.h"
#include "agent/publish/lease_requests.h"
#include "agent/publish/policy_requests.h"
#include "agent/publish/process_requests.h"
#include "agent/publish/process_terms.h"
#include "agent/publish/queue_rows.h"
#include "agent/publish/self_requests.h"
#include "agent/publish/subscription_requests.h"
#include "agent/publish/task_requests.h"
#include "agent/publish/trace_requests.h"
#include "agent/publish/vtable.h"
#include "base/text.h"
#include "policies/service_class_names.h"
#include "policies/standing_names.h"

namespace penstock::dbus {
namespace {

using Self = ManagerObject;

// path, id, pid, uid, command, priority, class, n_queues, dram_bps
using ProcessRow = std::tuple<ObjectPath,
                              std::uint64_t,
                              std::uint32_t,
                              std::uint32_t,
                              std::string,
                              std::int32_t,
                              std::string,
                              std::uint32_t,
                              std::uint64_t>;

// name, standing, reason
using StandingRow = std::tuple<std::string, std::string, std::string>;

std::string version(const Self& /*self*/) {
    return PENSTOCK_VERSION;
}

std::vector<std::string> features(const Self& self) {
    return self.features;
}

std::string policy(const Self& self) {
    return self.policy;
}

bool preemption_enabled(const Self& self) {
    return self.preemption_enabled;
}

bool dry_run(const Self& self) {
    return self.dry_run;
}

std::string state(const Self& self) {
    return state_of(self);
}

std::vector<std::string> degraded_reasons(const Self& self) {
    return self.degraded_reasons;
}

std::uint64_t config_timestamp(const Self& self) {
    return usec_of(self.config_read.time_since_epoch());
}

std::string last_reload_error(const Self& self) {
    return self.last_reload_error;
}

// median, p99, most
using LagRow = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>;

LagRow tick_lag(const Self& self) {
    const LagFigures lag = self.surface.requests.tick_lag();
    return {usec_of(lag.median), usec_of(lag.p99), usec_of(lag.most)};
}

std::uint32_t processes(const Self& self) {
    return process_count(self);
}

std::uint32_t queues(const Self& self) {
    return self.queues;
}

std::uint32_t queues_suspended(const Self& self) {
    return self.queues_suspended;
}

std::uint32_t throttle_level(const Self& self) {
    return static_cast<std::uint32_t>(self.throttle);
}

std::vector<StandingRow> sources(const Self& self) {
    std::vector<StandingRow> rows;
    rows.reserve(self.sources.size());
    for (const SourceState& source : self.sources) {
        rows.emplace_back(printable(source.name, longest_string),
                          name_of(source.standing),
                          printable(source.reason, longest_string));
    }
    return rows;
}

Answer<ObjectPath> get_process(Self& self, const Caller& /*caller*/, std::uint32_t pid) {
    const Answer<ProcessObject*> found = find_process(self.surface, pid);
    if (!found) {
        return std::unexpected(found.error());
    }
    return ObjectPath(numbered_path(process_prefix, pid));
}

// path, id
using FoundProcess = std::pair<ObjectPath, std::uint64_t>;

Answer<FoundProcess> get_process_by_pidfd(Self& self, const Caller& /*caller*/, Descriptor pidfd) {
    const Result<OwnerId> owner = self.surface.requests.owner_behind(pidfd.number);
    if (!owner) {
        return refuse(owner.error().code == ESRCH ? error::not_managed : error::invalid_args,
                      owner.error().message());
    }
    for (const auto& [pid, process] : self.surface.processes) {
        if (process->owner.id == *owner) {
            return FoundProcess(numbered_path(process_prefix, pid), owner->value);
        }
    }
    return refuse(error::not_managed, "the process has no compute queue yet");
}

Answer<std::vector<ProcessRow>> list_processes(Self& self,
                                               const Caller& /*caller*/,
                                               const NoOptions& /*options*/) {
    std::vector<ProcessRow> rows;
    for (const auto& [pid, process] : self.surface.processes) {
        const Owner& owner = process->owner;
        rows.emplace_back(ObjectPath(numbered_path(process_prefix, pid)),
                          owner.id.value,
                          pid,
                          owner.uid,
                          owner.command,
                          owner.priority,
                          std::string(name_of(owner.service_class)),
                          static_cast<std::uint32_t>(process->queues.size()),
                          rate_of(owner.use.dram));
    }
    return rows;
}

Answer<std::vector<QueueRow>> list_queues(Self& self,
                                          const Caller& /*caller*/,
                                          const NoOptions& /*options*/) {
    return all_queue_rows(self.surface);
}

Answer<> set_process_priority(Self& self,
                              const Caller& caller,
                              std::uint32_t pid,
                              std::int32_t priority,
                              const NoOptions& /*options*/) {
    const Answer<ProcessObject*> found = find_process(self.surface, pid);
    return found ? set_priority(**found, caller, priority) : std::unexpected(found.error());
}

Answer<> set_process_properties(Self& self,
                                const Caller& caller,
                                std::uint32_t pid,
                                std::uint64_t expected_id,
                                const ProcessChanges& changes) {
    const Answer<ProcessObject*> found = find_process(self.surface, pid);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (expected_id != 0 && (*found)->owner.id.value != expected_id) {
        return refuse(error::process_gone,
                      fmt::format("process {} is not {} any more, but {}",
                                  pid,
                                  expected_id,
                                  (*found)->owner.id.value));
    }
    return set_terms(**found, caller, changes);
}

}  // namespace

std::string state_of(const ManagerObject& manager) {
    if (!manager.degraded_reasons.empty()) {
        return "degraded";
    }
    if (!manager.preemption_enabled) {
        return "paused";
    }
    return manager.dry_run ? "dry-run" : "running";
}

std::uint32_t process_count(const ManagerObject& manager) {
    return static_cast<std::uint32_t>(manager.surface.processes.size());
}

namespace {

constexpr std::array members{
    table_start(),
    method<get_process>("GetProcess", "pid\0process\0"),
    method<get_process_by_pidfd>("GetProcessByPIDFD", "pidfd\0process\0id\0"),
    method<list_processes>("ListProcesses", "options\0rows\0"),
    method<list_queues>("ListQueues", "options\0rows\0"),
    method<get_history>("GetHistory", "series\0from_usec\0to_usec\0step_usec\0options\0points\0"),
    method<open_history>("OpenHistory", "from_usec\0to_usec\0options\0fd\0"),
    method<open_metrics_stream>("OpenMetricsStream", "format\0interval_usec\0options\0fd\0"),
    method<subscribe>("Subscribe", "interval_usec\0"),
    method<unsubscribe>("Unsubscribe", ""),
    method<start_trace>("StartTrace", "out_fd\0format\0options\0trace_id\0"),
    method<stop_trace>("StopTrace", "trace_id\0"),
    method<dump_state>("DumpState", "fd\0"),
    method<open_board>("OpenBoard", "fd\0"),
    method_answered_later<acquire_lease, GrantedLease>(
        "AcquireLease", "resource\0target\0bytes_per_second\0options\0lease_fd\0lease\0granted\0"),
    method<list_leases>("ListLeases", "rows\0"),
    method<set_process_priority>("SetProcessPriority", "pid\0priority\0options\0"),
    method<set_process_properties>("SetProcessProperties", "pid\0expected_id\0properties\0"),
    method<register_task>("RegisterTask", "pidfd\0properties\0process\0"),
    method<register_task_by_pid>("RegisterTaskByPID", "pid\0uid\0properties\0process\0"),
    method<register_self>("RegisterSelf", "pidfd\0properties\0process\0hint_page\0"),
    method<set_policy>("SetPolicy", "name\0settings\0"),
    method<explain_process>("ExplainProcess", "pid\0options\0rows\0"),
    method<resume_all>("ResumeAll", "n_resumed\0"),
    method<reload>("Reload", "report\0"),
    property<version>("Version", never_changes),
    property<features>("Features", announced),
    writable_property<policy, set_policy_name>("Policy"),
    property<policy_settings_of>("PolicySettings", announced),
    property<available_policies>("AvailablePolicies", SD_BUS_VTABLE_PROPERTY_EMITS_INVALIDATION),
    writable_property<preemption_enabled, enable_preemption>("PreemptionEnabled"),
    writable_property<dry_run, set_dry_run>("DryRun"),
    property<state>("State", announced),
    property<degraded_reasons>("DegradedReasons", announced),
    property<config_timestamp>("ConfigTimestampUSec", announced),
    property<last_reload_error>("LastReloadError", announced),
    property<tick_lag>("TickLagUSec", not_announced),
    property<history_series>("HistorySeries", not_announced),
    property<history_left_out>("HistoryLeftOut", not_announced),
    property<processes>("NProcesses", announced),
    property<queues>("NQueues", announced),
    property<queues_suspended>("NQueuesSuspended", announced),
    property<lease_count>("NLeases", announced),
    property<sources>("Sources", announced),
    property<throttle_level>("ThrottleLevel", announced),
    property<board_generation>("BoardGeneration", announced),
    signal<ObjectPath, std::uint64_t, std::uint32_t, std::string, std::uint64_t>(
        "ProcessPreempted", "process\0id\0n_queues\0reason\0max_usec\0"),
    signal<ObjectPath, std::uint64_t, std::uint32_t, std::uint64_t>(
        "ProcessResumed", "process\0id\0n_queues\0preempted_usec\0"),
    signal<ObjectPath, std::uint32_t, std::uint32_t, std::string>(
        "ThrottleChanged", "node\0old_level\0new_level\0cause\0"),
    signal<std::string, std::string>("PolicyFault", "policy\0message\0"),
    signal<bool>("Reloading", "active\0"),
    table_end(),
};

}  // namespace

const sd_bus_vtable* manager_vtable() {
    return members.data();
}

}  // namespace penstock::dbus
