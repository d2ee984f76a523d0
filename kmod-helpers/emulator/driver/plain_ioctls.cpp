// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/plain_ioctls.h"

namespace penstock::emulator {

namespace {

constexpr std::int64_t ns_per_gpu_tick = 10;     // The reference clock of these devices is 100 MHz.
constexpr std::uint64_t system_hz = 1000000000;  // CLOCK_MONOTONIC counts in ns.

}  // namespace

Verdict get_version(Request& request, kfd::GetVersion& argument) {
    argument = {.major = kfd::abi_major, .minor = request.machine.settings.kernel.abi_minor};
    return 0;
}

Verdict get_clock_counters(Request& request, ClockCounters& argument) {
    const auto now_ns = static_cast<std::uint64_t>(to_ns(request.now));
    // An unknown device's clock reads 0, as in the driver.
    const bool known = request.machine.devices.has(argument.gpu_id);
    argument.gpu_clock_counter = known ? now_ns / ns_per_gpu_tick : 0;
    argument.cpu_clock_counter = now_ns;
    argument.system_clock_counter = now_ns;
    argument.system_clock_freq = system_hz;
    return 0;
}

}  // namespace penstock::emulator
