// SPDX-License-Identifier: Apache-2.0
//
// Driver settings: which driver the emulator stands for, and with what parameters it was loaded.

#pragma once

#include <optional>

#include "base/shared_bus.h"
#include "kmod-helpers/emulator/driver/kernel_profile.h"

namespace penstock::emulator {

// The module's parameter sched_policy.
enum class SchedulerPolicy : std::uint8_t {
    hardware = 0,  // With over-subscription.
    hardware_without_oversubscription = 1,
    none = 2,  // No hardware scheduler: nobody can be debugged.
};

// Ioctls of a patched driver; numbers are the vendor's own choice.
struct VendorNumbers {
    std::uint32_t preempt = 0;
    std::uint32_t resume = 0;
};

struct DriverSettings {
    KernelProfile kernel = newest_kernel();
    SchedulerPolicy scheduler_policy = SchedulerPolicy::hardware;
    std::optional<VendorNumbers> vendor{};
    SharedBus dram{};  // Of the machine, whose memory its APUs use.
};

}  // namespace penstock::emulator
