// SPDX-License-Identifier: Apache-2.0
//
// Emulated queue: one hardware queue as the device sees it, and whether it may run.
//
//   mapped   = not suspended and percentage above 0: the scheduler keeps it on the hardware
//   running  = mapped, and no save or restore holds it up
//   idle     = running without a kernel: its ring is looked at

#pragma once

#include <cstdint>
#include <optional>

#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/emulator/device.h"
#include "kmod-helpers/emulator/device/aql_ring.h"
#include "kmod-helpers/emulator/device/running_kernel.h"

namespace penstock::emulator {

struct EmulatedQueue {
    QueueSetup setup{};
    AqlRing ring;
    std::optional<RunningKernel> kernel{};
    TimePoint stalled_until{};
    std::uint32_t enabled_units = 0;  // 0: no CU mask.
    std::uint32_t packets_left = 0;   // Of those that one call may consume.
    std::uint64_t last_call = 0;      // That `packets_left` is about.
    bool suspended = false;

    [[nodiscard]] bool mapped() const { return !suspended && setup.percentage > 0; }

    [[nodiscard]] bool running_at(TimePoint when) const {
        return mapped() && when >= stalled_until;
    }

    // The rings of other types (PM4, SDMA) are not modelled.
    [[nodiscard]] bool idle_at(TimePoint when) const {
        return setup.type == kfd::queue_type_compute_aql && !kernel && running_at(when);
    }
};

}  // namespace penstock::emulator
