// SPDX-License-Identifier: Apache-2.0
//
// Quantity: what a probe can measure, and of what. Everything is in SI base units; docs/metrics.md
// has the table.

#pragma once

#include <compare>
#include <cstdint>

#include "policies/snapshot.h"

namespace penstock {

enum class Quantity : std::uint8_t {
    // Bytes that crossed a memory node's DRAM bus, by direction, and by who asked for them.
    dram_read,
    dram_written,
    dram_total,  // From sources that do not tell reads from writes.
    dram_cpu,
    dram_gpu,
    dram_io,
    // Clocks of the memory bus, and slots of half a clock in which it moved bytes.
    dram_clocks,
    dram_slots,
    // Bytes per second that the node could move at most.
    dram_peak,
    // What several cores of the node move at once, as a multiple of what one of them does.
    concurrency_gain,

    // Bytes over PCIe as the device sees them: it received what the host sent. At a package: summed
    // over all its devices.
    link_received,
    link_sent,
    link_capacity,  // Bytes per second in one direction, as negotiated.

    // Joules.
    energy_package,  // Contains the next three.
    energy_cores,
    energy_memory,
    energy_graphics,
    energy_platform,  // Contains all packages.
    energy_device,

    // Watts. They come after the energies, because a counter is exact where a level is a mean of
    // means; where there is no counter, they are integrated.
    power_package,
    power_cores,
    power_graphics,
    power_device,

    // Bytes now in use, and there at all.
    vram_used,
    vram_capacity,
    gtt_used,
    gtt_capacity,

    busy,         // Share of time that the device computed, 0..1.
    temperature,  // Degrees Celsius.
    resets,       // Of the device, since the driver was loaded.

    gpu_time,            // Seconds for which an owner's work was on the device's engines.
    cpu_time,            // Seconds of processor time: of an owner, or at the machine, of everybody.
    cpu_idle,            // Seconds that the machine's processors idled, summed over them.
    evicted_time,        // Seconds for which the driver had an owner's queues evicted.
    transfer_time,       // Seconds of an owner's work on the copy engines (SDMA).
    compute_units_used,  // Compute units that an owner occupies now.

    memory_pressure,  // 0 as calibrated alone, 1 as with all cores streaming.
    stall_memory,     // Seconds for which some task waited for memory to be reclaimed (PSI).
    stall_cpu,        // Seconds for which some task waited for a processor (PSI).
    steal_time,       // Seconds that the hypervisor gave to others.
    tsc,              // Ticks of the time stamp counter: a check of perf's own path.

    progress,  // What an owner's process says that it has done, in units of its own.
};

// What a quantity is measured of.
struct Place {
    enum class Kind : std::uint8_t { machine, memory_node, package, device, owner };

    Kind kind = Kind::machine;
    std::uint64_t number = 0;  // Of the memory node, package, gpu_id or owner.
    auto operator<=>(const Place&) const = default;
};

[[nodiscard]] constexpr Place memory_node(std::uint32_t number) {
    return {.kind = Place::Kind::memory_node, .number = number};
}

[[nodiscard]] constexpr Place package(std::uint32_t number) {
    return {.kind = Place::Kind::package, .number = number};
}

[[nodiscard]] constexpr Place place_of(GpuId gpu) {
    return {.kind = Place::Kind::device, .number = gpu.value};
}

[[nodiscard]] constexpr Place place_of(OwnerId owner) {
    return {.kind = Place::Kind::owner, .number = owner.value};
}

}  // namespace penstock
