// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/package_object.h"

#include <array>

#include "agent/publish/figures.h"
#include "agent/publish/origins.h"
#include "agent/publish/vtable.h"

namespace penstock::dbus {
namespace {

using Self = PackageObject;

std::uint32_t number(const Self& self) {
    return self.package.number;
}

template <Sample<double> Package::* figure>
double value(const Self& self) {
    return ratio_of(self.package.*figure);
}

template <Sample<BytesPerSecond> Package::* figure>
std::uint64_t rate(const Self& self) {
    return rate_of(self.package.*figure);
}

std::vector<OriginRow> origins(const Self& self) {
    const Package& package = self.package;
    return {origin_of("PowerWatts", package.power),
            origin_of("EnergyJoules", package.energy),
            origin_of("CoresPowerWatts", package.cores_power),
            origin_of("MemoryPowerWatts", package.memory_power),
            origin_of("GraphicsPowerWatts", package.graphics_power),
            origin_of("PlatformPowerWatts", package.platform_power),
            origin_of("PcieRxBytesPerSecond", package.pcie_received),
            origin_of("PcieTxBytesPerSecond", package.pcie_sent)};
}

}  // namespace

const sd_bus_vtable* package_vtable() {
    static constexpr std::array table{
        table_start(),
        property<number>("Number", never_changes),
        property<value<&Package::power>>("PowerWatts", not_announced),
        property<value<&Package::energy>>("EnergyJoules", not_announced),
        property<value<&Package::cores_power>>("CoresPowerWatts", not_announced),
        property<value<&Package::memory_power>>("MemoryPowerWatts", not_announced),
        property<value<&Package::graphics_power>>("GraphicsPowerWatts", not_announced),
        property<value<&Package::platform_power>>("PlatformPowerWatts", not_announced),
        property<rate<&Package::pcie_received>>("PcieRxBytesPerSecond", not_announced),
        property<rate<&Package::pcie_sent>>("PcieTxBytesPerSecond", not_announced),
        property<origins>("Origins", not_announced),
        table_end(),
    };
    return table.data();
}

}  // namespace penstock::dbus
