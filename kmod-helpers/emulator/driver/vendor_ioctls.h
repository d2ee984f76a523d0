// SPDX-License-Identifier: Apache-2.0
//
// Vendor ioctls: a patched driver's pair of calls that preempt and resume one queue of any process.
// No stock driver has them; their numbers are configured.

#pragma once

#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

struct VendorPreemption {
    std::uint32_t queue_id = 0;
    std::uint32_t preempt_type = 0;
    std::uint32_t timeout_ms = 0;  // Not observed: a save lasts as long as it lasts.
    std::uint32_t pid = 0;
    std::uint64_t pad = 0;
};

static_assert(sizeof(VendorPreemption) == 24);

// Of the three types only this one keeps the work of the waves.
inline constexpr std::uint32_t preempt_type_save = 2;

Verdict vendor_preempt(Request& request, VendorPreemption& argument);
Verdict vendor_resume(Request& request, VendorPreemption& argument);

}  // namespace penstock::emulator
