// SPDX-License-Identifier: Apache-2.0
//
// Single queues: whether one queue can be suspended while its owner's others run, and why not.

#pragma once

#include <string>

#include "policies/snapshot.h"

namespace penstock {

// Whether the rung can suspend one queue and leave its neighbours alone.
[[nodiscard]] constexpr bool takes_single_queues(PreemptionLevel level) {
    switch (level) {
        case PreemptionLevel::debug_suspend:
        case PreemptionLevel::vendor_ioctl:
            return true;
        case PreemptionLevel::cooperative_save:
        case PreemptionLevel::process_evict:
        case PreemptionLevel::launch_limit:
        case PreemptionLevel::none:
            return false;
    }
    return false;  // Not one of the enumerators: out of reach.
}

// Whether a driver suspends it: what is no compute queue would be misread. Unknown counts as one.
[[nodiscard]] constexpr bool can_be_suspended(QueueType type) {
    return type != QueueType::sdma && type != QueueType::sdma_xgmi;
}

[[nodiscard]] inline bool can_be_held(const Owner& owner, const Queue& queue) {
    return owner.preemptible && takes_single_queues(owner.level) && can_be_suspended(queue.type);
}

// For an operator, as a sentence that names the rung and what would work; "" when it can be held.
[[nodiscard]] std::string why_not_held(const Owner& owner, const Queue& queue);

}  // namespace penstock
