// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/gpu_object.h"

#include <array>
#include <limits>

#include "agent/publish/figures.h"
#include "agent/publish/vtable.h"
#include "base/text.h"
#include "policies/preemption_cost.h"

namespace penstock::dbus {
namespace {

using Self = GpuObject;
using namespace std::chrono_literals;

constexpr std::uint64_t unknown_nsec = std::numeric_limits<std::uint64_t>::max();
constexpr double without_bound = -1;

std::uint32_t gpu_id(const Self& self) {
    return self.device.gpu.value;
}

std::string name(const Self& self) {
    return printable(self.device.name, longest_string);
}

bool emulated(const Self& self) {
    return self.device.emulated;
}

std::string scheduler(const Self& self) {
    switch (self.device.scheduler) {
        case DeviceScheduler::none:
            return "none";
        case DeviceScheduler::hws:
            return "hws";
        case DeviceScheduler::mes:
            return "mes";
        case DeviceScheduler::unknown:
            break;
    }
    return "unknown";
}

std::uint32_t compute_units(const Self& self) {
    return self.device.compute_units;
}

std::uint64_t nsec_of(const Sample<Duration>& sample) {
    const bool known = sample.value && *sample.value >= Duration{};
    return known ? static_cast<std::uint64_t>(sample.value->count()) : unknown_nsec;
}

std::uint64_t suspend_cost(const Self& self) {
    return nsec_of(self.device.suspend_cost);
}

std::uint64_t resume_cost(const Self& self) {
    return nsec_of(self.device.resume_cost);
}

// From the figures that the guard had, so that it says what was ordered.
double preemption_limit(const Self& self) {
    const double share = self.surface.limits.device_time_share;
    const Duration interval = suspension_bound(self.device, share).interval;
    return interval > Duration{} ? std::chrono::duration<double>(1s) / interval : without_bound;
}

std::uint64_t received_rate(const Self& self) {
    return rate_of(self.device.use.pcie_received);
}

std::uint64_t sent_rate(const Self& self) {
    return rate_of(self.device.use.pcie_sent);
}

std::uint32_t queue_count(const Self& self) {
    return self.queues;
}

}  // namespace

const sd_bus_vtable* gpu_vtable() {
    static constexpr std::array table{
        table_start(),
        property<gpu_id>("GpuId", never_changes),
        property<name>("Name", never_changes),
        property<emulated>("Emulated", never_changes),
        property<scheduler>("Scheduler", never_changes),
        property<compute_units>("ComputeUnits", never_changes),
        property<suspend_cost>("SuspendCostNSec", not_announced),
        property<resume_cost>("ResumeCostNSec", not_announced),
        property<preemption_limit>("PreemptionsPerSecondLimit", not_announced),
        property<received_rate>("PcieRxBytesPerSecond", not_announced),
        property<sent_rate>("PcieTxBytesPerSecond", not_announced),
        property<queue_count>("NQueues", announced),
        table_end(),
    };
    return table.data();
}

}  // namespace penstock::dbus
