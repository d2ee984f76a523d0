// SPDX-License-Identifier: Apache-2.0
//
// Preemption cost: what it takes from a device to suspend an owner once and to resume it, and how
// often that may happen.

#pragma once

#include <optional>

#include "policies/snapshot.h"

namespace penstock {

// Device time in which nobody's waves run because of one suspension and its resume. Nothing while
// the device's costs are not known.
[[nodiscard]] std::optional<Duration> device_time_per_preemption(const Device& device);

// At most `burst` suspensions at once, and on average one per interval; an interval of 0 sets no
// bound.
struct SuspensionBound {
    Duration interval{};
    std::uint32_t burst = 1;
};

// So that preemptions take at most `share` of the device's time. Where their cost is not known a
// cautious one is assumed; the burst is large enough for it to be measured at once.
[[nodiscard]] SuspensionBound suspension_bound(const Device& device, double share);

}  // namespace penstock
