// SPDX-License-Identifier: Apache-2.0
//
// The calls that change nothing: the interface's version, and the clocks.

#pragma once

#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

struct ClockCounters {
    std::uint64_t gpu_clock_counter = 0;
    std::uint64_t cpu_clock_counter = 0;
    std::uint64_t system_clock_counter = 0;
    std::uint64_t system_clock_freq = 0;  // Hz.
    std::uint32_t gpu_id = 0;
    std::uint32_t pad = 0;
};

static_assert(sizeof(ClockCounters) == 40);

Verdict get_version(Request& request, kfd::GetVersion& argument);
Verdict get_clock_counters(Request& request, ClockCounters& argument);

}  // namespace penstock::emulator
