// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/gpu_object.h"

#include <array>
#include <limits>

#include "agent/publish/figures.h"
#include "agent/publish/origins.h"
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
    return text_of(self.device.scheduler);
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

template <Sample<BytesPerSecond> DeviceUse::* figure>
std::uint64_t rate(const Self& self) {
    return rate_of(self.device.use.*figure);
}

template <Sample<std::uint64_t> DeviceUse::* figure>
std::uint64_t amount(const Self& self) {
    return amount_of(self.device.use.*figure);
}

template <Sample<double> DeviceUse::* figure>
double ratio(const Self& self) {
    return ratio_of(self.device.use.*figure);
}

double temperature(const Self& self) {
    return self.device.use.temperature.value.value_or(unknown_celsius);
}

std::vector<OriginRow> origins(const Self& self) {
    const DeviceUse& use = self.device.use;
    return {origin_of("PcieRxBytesPerSecond", use.pcie_received),
            origin_of("PcieTxBytesPerSecond", use.pcie_sent),
            origin_of("PcieCapacityBytesPerSecond", use.pcie_capacity),
            origin_of("VramUsedBytes", use.vram),
            origin_of("VramCapacityBytes", use.vram_capacity),
            origin_of("GttUsedBytes", use.gtt),
            origin_of("GttCapacityBytes", use.gtt_capacity),
            origin_of("Busy", use.busy),
            origin_of("PowerWatts", use.power),
            origin_of("TemperatureCelsius", use.temperature),
            origin_of("EnergyJoules", use.energy),
            origin_of("Resets", use.resets)};
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
        property<rate<&DeviceUse::pcie_received>>("PcieRxBytesPerSecond", not_announced),
        property<rate<&DeviceUse::pcie_sent>>("PcieTxBytesPerSecond", not_announced),
        property<rate<&DeviceUse::pcie_capacity>>("PcieCapacityBytesPerSecond", not_announced),
        property<amount<&DeviceUse::vram>>("VramUsedBytes", not_announced),
        property<amount<&DeviceUse::vram_capacity>>("VramCapacityBytes", not_announced),
        property<amount<&DeviceUse::gtt>>("GttUsedBytes", not_announced),
        property<amount<&DeviceUse::gtt_capacity>>("GttCapacityBytes", not_announced),
        property<ratio<&DeviceUse::busy>>("Busy", not_announced),
        property<ratio<&DeviceUse::power>>("PowerWatts", not_announced),
        property<temperature>("TemperatureCelsius", not_announced),
        property<ratio<&DeviceUse::energy>>("EnergyJoules", not_announced),
        property<amount<&DeviceUse::resets>>("Resets", not_announced),
        property<origins>("Origins", not_announced),
        property<queue_count>("NQueues", announced),
        table_end(),
    };
    return table.data();
}

}  // namespace penstock::dbus
