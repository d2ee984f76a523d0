// SPDX-License-Identifier: Apache-2.0
//
// Memory bus: how fast work goes on that waits for DRAM which all devices share.
//
// While all ask for no more than the peak, nobody waits. Beyond it everybody gets the same part of
// what he asks for; and since streams that disturb each other open and close rows all the time, the
// whole may be less than the peak. Work that lives in caches does not wait.

#pragma once

#include <cstdint>

#include "sim/machine/scenario.h"

namespace penstock::sim {

// In 1024ths of the speed that it has alone.
inline constexpr std::int64_t full_memory_speed = 1024;

// `asked` is in bytes per second, of everybody together.
[[nodiscard]] inline std::int64_t memory_speed(const MemoryModel& memory, std::uint64_t asked) {
    if (memory.peak == 0 || asked <= memory.peak) {
        return full_memory_speed;
    }
    const double there = static_cast<double>(memory.peak) * (1 - memory.contention_loss);
    const double speed = there / static_cast<double>(asked) * full_memory_speed;
    return speed < 1 ? 1 : static_cast<std::int64_t>(speed);
}

}  // namespace penstock::sim
