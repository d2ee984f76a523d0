// SPDX-License-Identifier: Apache-2.0
//
// Lookup: questions that several policies and the guard ask of a snapshot.

#pragma once

#include <algorithm>

#include "policies/snapshot.h"

namespace penstock {

// Nothing when no such owner is known.
[[nodiscard]] inline const Owner* find_owner(const Snapshot& snapshot, OwnerId id) {
    const auto found = std::ranges::lower_bound(snapshot.owners, id, {}, &Owner::id);
    return found != snapshot.owners.end() && found->id == id ? &*found : nullptr;
}

// Whether the rung takes queues off the device. A launch limit only slows their refilling.
[[nodiscard]] constexpr bool can_suspend(PreemptionLevel level) {
    switch (level) {
        case PreemptionLevel::cooperative_save:
        case PreemptionLevel::debug_suspend:
        case PreemptionLevel::vendor_ioctl:
        case PreemptionLevel::process_evict:
            return true;
        case PreemptionLevel::launch_limit:
        case PreemptionLevel::none:
            return false;
    }
    return false;  // Not one of the enumerators: out of reach.
}

}  // namespace penstock
