// SPDX-License-Identifier: Apache-2.0

#include "agent/state/energy_pool.h"

#include <algorithm>

namespace penstock {
namespace {

constexpr Place first_package = package(0);  // No AMD APU has a second one.

PoolEnergy measured(std::optional<double> joules, Origin by) {
    return joules ? PoolEnergy{.joules = joules, .by = std::move(by)} : PoolEnergy{};
}

PoolEnergy first_of(PoolEnergy better, PoolEnergy worse) {
    return better.joules ? std::move(better) : std::move(worse);
}

PoolEnergy graphics_energy(const QuantityBook& book, const Device& device) {
    return first_of(measured(book.total(first_package, Quantity::energy_graphics),
                             "the package's counter of graphics energy"),
                    measured(book.total(place_of(device.gpu), Quantity::power_graphics),
                             "graphics power, integrated"));
}

double packages_total(const QuantityBook& book, const Snapshot& snapshot) {
    double joules = 0;
    for (const Package& each : snapshot.packages) {
        joules += book.total(package(each.number), Quantity::energy_package).value_or(0);
    }
    return joules;
}

}  // namespace

PoolEnergy device_energy(const QuantityBook& book, const Device& device) {
    if (device.apu) {
        return graphics_energy(book, device);
    }
    const Place place = place_of(device.gpu);
    return first_of(
        measured(book.total(place, Quantity::energy_device), "the device's energy counter"),
        measured(book.total(place, Quantity::power_device), "device power, integrated"));
}

PoolEnergy processor_energy(const QuantityBook& book, const Snapshot& snapshot) {
    const auto apu = std::ranges::find(snapshot.devices, true, &Device::apu);
    const double packages = packages_total(book, snapshot);
    if (packages > 0) {
        const double graphics =
            apu != snapshot.devices.end() ? graphics_energy(book, *apu).joules.value_or(0) : 0;
        return {.joules = std::max(0.0, packages - graphics),
                .by = "the packages' energy counters"};
    }
    if (apu == snapshot.devices.end()) {
        return {};
    }
    return measured(book.total(place_of(apu->gpu), Quantity::power_cores),
                    "processor power as the APU's firmware reports it, integrated");
}

}  // namespace penstock
