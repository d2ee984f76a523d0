// SPDX-License-Identifier: Apache-2.0
//
// Measured figures: what is measured of a part of the snapshot, under the keys that it has in JSON
// (client/ctl/tail.schema.json).
//
// Each function calls visit(key, sample) for every figure, whatever it knows. The unit is last in
// the key.

#pragma once

#include "policies/snapshot.h"

namespace penstock {

template <typename Visit>
void each_figure(const MemoryNode& node, Visit visit) {
    visit("read_bytes_per_second", node.read);
    visit("write_bytes_per_second", node.written);
    visit("total_bytes_per_second", node.total);
    visit("cpu_bytes_per_second", node.cpu);
    visit("gpu_bytes_per_second", node.gpu);
    visit("io_bytes_per_second", node.io);
    visit("devices_bytes_per_second", node.devices);
    visit("peak_bytes_per_second", node.peak);
    visit("utilization", node.utilization);
    visit("pressure", node.pressure);
}

template <typename Visit>
void each_figure(const Package& package, Visit visit) {
    visit("power_watts", package.power);
    visit("energy_joules", package.energy);
    visit("cores_power_watts", package.cores_power);
    visit("memory_power_watts", package.memory_power);
    visit("graphics_power_watts", package.graphics_power);
    visit("platform_power_watts", package.platform_power);
    visit("pcie_rx_bytes_per_second", package.pcie_received);
    visit("pcie_tx_bytes_per_second", package.pcie_sent);
}

template <typename Visit>
void each_figure(const Device& device, Visit visit) {
    const DeviceUse& use = device.use;
    visit("pcie_rx_bytes_per_second", use.pcie_received);
    visit("pcie_tx_bytes_per_second", use.pcie_sent);
    visit("pcie_capacity_bytes_per_second", use.pcie_capacity);
    visit("vram_used_bytes", use.vram);
    visit("vram_capacity_bytes", use.vram_capacity);
    visit("gtt_used_bytes", use.gtt);
    visit("gtt_capacity_bytes", use.gtt_capacity);
    visit("busy", use.busy);
    visit("power_watts", use.power);
    visit("temperature_celsius", use.temperature);
    visit("energy_joules", use.energy);
    visit("resets", use.resets);
}

template <typename Visit>
void each_figure(const OwnerUse& use, Visit visit) {
    visit("dram_bytes_per_second", use.dram);
    visit("vram_used_bytes", use.vram);
    visit("gtt_used_bytes", use.gtt);
    visit("gpu_share", use.gpu_share);
    visit("cpu_share", use.cpu_share);
    visit("compute_units_used", use.compute_units);
    visit("energy_joules", use.energy);
    visit("progress_per_second", use.progress);
    visit("progress_of_best", use.progress_of_best);
}

// The number of a sample's value, whatever its unit is.
[[nodiscard]] constexpr std::uint64_t number_of(BytesPerSecond rate) {
    return rate.value;
}

[[nodiscard]] constexpr std::uint64_t number_of(std::uint64_t count) {
    return count;
}

[[nodiscard]] constexpr double number_of(double value) {
    return value;
}

}  // namespace penstock
