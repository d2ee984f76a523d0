// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/process_object.h"

#include <array>

#include "agent/publish/figures.h"
#include "agent/publish/origins.h"
#include "agent/publish/process_requests.h"
#include "agent/publish/process_terms.h"
#include "agent/publish/queue_rows.h"
#include "agent/publish/vtable.h"
#include "base/text.h"
#include "policies/hint_names.h"
#include "policies/service_class_names.h"

namespace penstock::dbus {
namespace {

using Self = ProcessObject;

std::uint32_t pid(const Self& self) {
    return self.owner.pid;
}

std::uint64_t id(const Self& self) {
    return self.owner.id.value;
}

std::uint32_t uid(const Self& self) {
    return self.owner.uid;
}

std::uint64_t start_time(const Self& self) {
    return usec_of(self.owner.started.time_since_epoch());
}

std::string command(const Self& self) {
    return printable(self.owner.command, longest_string);
}

template <std::string ProcessOrigin::* part>
std::string origin(const Self& self) {
    return printable(self.owner.origin.*part, longest_string);
}

std::int32_t priority(const Self& self) {
    return self.owner.priority;
}

bool preemptible(const Self& self) {
    return self.owner.preemptible;
}

std::uint32_t weight(const Self& self) {
    return self.owner.weight;
}

std::string service_class(const Self& self) {
    return std::string(name_of(self.owner.service_class));
}

template <Duration Owner::* span>
std::uint64_t usec(const Self& self) {
    return usec_of(self.owner.*span);
}

std::uint64_t dram_max(const Self& self) {
    return self.owner.dram_max.value;
}

template <std::string Owner::* by>
std::string source(const Self& self) {
    return printable(self.owner.*by, longest_string);
}

std::string state(const Self& self) {
    return text_of(state_of(self));
}

std::string level(const Self& self) {
    return text_of(self.owner.level);
}

std::string level_reason(const Self& self) {
    return printable(self.owner.level_reason, longest_string);
}

std::uint32_t queue_count(const Self& self) {
    return static_cast<std::uint32_t>(self.queues.size());
}

double occupancy(const Self& self) {
    return occupancy_of(self.queues);
}

std::uint64_t preempted_usec(const Self& self) {
    return usec_of(preempted_time(self.owner, self.surface.now));
}

std::uint64_t preemptions(const Self& self) {
    return preemptions_of(self.owner);
}

std::uint64_t dram_rate(const Self& self) {
    return rate_of(self.owner.use.dram);
}

template <Sample<std::uint64_t> OwnerUse::* figure>
std::uint64_t amount(const Self& self) {
    return amount_of(self.owner.use.*figure);
}

template <Sample<double> OwnerUse::* figure>
double ratio(const Self& self) {
    return ratio_of(self.owner.use.*figure);
}

std::string progress_unit(const Self& self) {
    return std::string(name_of(self.owner.hints.unit));
}

std::string phase(const Self& self) {
    return std::string(name_of(self.owner.hints.phase));
}

std::uint32_t wanted_batch(const Self& self) {
    return self.owner.hints.batch;
}

std::uint64_t next_bytes(const Self& self) {
    return self.owner.hints.next_bytes;
}

std::vector<OriginRow> origins(const Self& self) {
    const OwnerUse& use = self.owner.use;
    return {origin_of("DramBytesPerSecond", use.dram),
            origin_of("VramUsedBytes", use.vram),
            origin_of("GttUsedBytes", use.gtt),
            origin_of("GpuShare", use.gpu_share),
            origin_of("CpuShare", use.cpu_share),
            origin_of("ComputeUnitsUsed", use.compute_units),
            origin_of("EnergyJoules", use.energy),
            origin_of("ProgressPerSecond", use.progress),
            origin_of("ProgressOfBest", use.progress_of_best)};
}

Answer<> call_set_priority(Self& self,
                           const Caller& caller,
                           std::int32_t wanted,
                           const NoOptions& /*options*/) {
    return set_priority(self, caller, wanted);
}

// The reason is the client's own note: the bus monitor and the journal of the client show it.
Answer<> call_preempt(Self& self,
                      const Caller& caller,
                      std::uint64_t max_usec,
                      const std::string& /*reason*/) {
    return preempt(self, caller, max_usec);
}

Answer<> call_resume(Self& self, const Caller& caller) {
    return resume(self, caller);
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the member's.
Answer<> call_preempt_queue(Self& self,
                            const Caller& caller,
                            std::uint32_t gpu_id,
                            std::uint32_t queue,
                            std::uint64_t max_usec,
                            const std::string& /*reason*/) {
    return preempt_queue(self, caller, {.gpu = {gpu_id}, .number = queue}, max_usec);
}

Answer<> call_resume_queue(Self& self,
                           const Caller& caller,
                           std::uint32_t gpu_id,
                           std::uint32_t queue) {
    return resume_queue(self, caller, {.gpu = {gpu_id}, .number = queue});
}

Answer<std::vector<OwnQueueRow>> call_list_queues(Self& self, const Caller& /*caller*/) {
    return own_queue_rows(self);
}

}  // namespace

const sd_bus_vtable* process_vtable() {
    static constexpr std::array table{
        table_start(),
        method<call_set_priority>("SetPriority", "priority\0options\0"),
        method<reset_terms>("ResetProperties", ""),
        method<call_preempt>("Preempt", "max_usec\0reason\0"),
        method<call_resume>("Resume", ""),
        method<call_preempt_queue>("PreemptQueue", "gpu_id\0queue\0max_usec\0reason\0"),
        method<call_resume_queue>("ResumeQueue", "gpu_id\0queue\0"),
        method<call_list_queues>("ListQueues", "rows\0"),
        property<pid>("PID", never_changes),
        property<id>("Id", never_changes),
        property<uid>("UID", never_changes),
        property<start_time>("StartTimeUSec", never_changes),
        property<command>("Command", announced),
        property<origin<&ProcessOrigin::executable>>("Executable", announced),
        property<origin<&ProcessOrigin::control_group>>("ControlGroup", announced),
        property<origin<&ProcessOrigin::unit>>("Unit", announced),
        property<origin<&ProcessOrigin::job>>("JobId", announced),
        writable_property<priority, set_priority>("Priority"),
        property<source<&Owner::priority_source>>("PrioritySource", announced),
        writable_property<weight, set_weight>("Weight"),
        property<source<&Owner::weight_source>>("WeightSource", announced),
        writable_property<service_class, set_class>("Class"),
        property<source<&Owner::class_source>>("ClassSource", announced),
        writable_property<usec<&Owner::deadline>, set_deadline>("DeadlineUSec"),
        property<source<&Owner::deadline_source>>("DeadlineSource", announced),
        writable_property<usec<&Owner::cost>, set_cost>("CostUSec"),
        property<source<&Owner::cost_source>>("CostSource", announced),
        writable_property<dram_max, set_dram_max>("DramMaxBytesPerSecond"),
        property<source<&Owner::dram_max_source>>("DramMaxSource", announced),
        writable_property<preemptible, set_preemptible>("Preemptible"),
        property<source<&Owner::preemptible_source>>("PreemptibleSource", announced),
        property<state>("State", announced),
        property<level>("PreemptionLevel", announced),
        property<level_reason>("PreemptionLevelReason", announced),
        property<queue_count>("NQueues", announced),
        property<occupancy>("Occupancy", not_announced),
        property<preempted_usec>("PreemptedUSec", not_announced),
        property<preemptions>("NPreemptions", not_announced),
        property<dram_rate>("DramBytesPerSecond", not_announced),
        property<amount<&OwnerUse::vram>>("VramUsedBytes", not_announced),
        property<amount<&OwnerUse::gtt>>("GttUsedBytes", not_announced),
        property<ratio<&OwnerUse::gpu_share>>("GpuShare", not_announced),
        property<ratio<&OwnerUse::cpu_share>>("CpuShare", not_announced),
        property<ratio<&OwnerUse::compute_units>>("ComputeUnitsUsed", not_announced),
        property<ratio<&OwnerUse::energy>>("EnergyJoules", not_announced),
        property<ratio<&OwnerUse::progress>>("ProgressPerSecond", not_announced),
        property<ratio<&OwnerUse::progress_of_best>>("ProgressOfBest", not_announced),
        property<progress_unit>("ProgressUnit", not_announced),
        property<phase>("Phase", not_announced),
        property<wanted_batch>("WantedBatch", not_announced),
        property<next_bytes>("NextBytes", not_announced),
        property<origins>("Origins", not_announced),
        table_end(),
    };
    return table.data();
}

}  // namespace penstock::dbus
