// SPDX-License-Identifier: Apache-2.0
//
// Shared bus: how fast work goes on that waits for a bus which others use as well, such as DRAM. It
// is a model, for the simulator and the emulated device.
//
// While all ask for no more than the peak, nobody waits. Beyond it everybody gets the same part of
// what he asks for; and since streams that disturb each other open and close rows all the time, the
// whole may be less than the peak.

#pragma once

#include <cstdint>

namespace penstock {

struct SharedBus {
    std::uint64_t peak = 0;      // Bytes per second; 0: there is always enough.
    double contention_loss = 0;  // A part of the peak, while more is asked for.
};

inline constexpr std::int64_t full_bus_speed = 1024;

// Of everybody, in 1024ths of the speed that he has alone, and never 0. `asked` is in bytes per
// second, of all together.
[[nodiscard]] inline std::int64_t bus_speed(const SharedBus& bus, std::uint64_t asked) {
    if (bus.peak == 0 || asked <= bus.peak) {
        return full_bus_speed;
    }
    const double there = static_cast<double>(bus.peak) * (1 - bus.contention_loss);
    const double speed = there / static_cast<double>(asked) * full_bus_speed;
    return speed < 1 ? 1 : static_cast<std::int64_t>(speed);
}

}  // namespace penstock
