// SPDX-License-Identifier: Apache-2.0

#include "policies/patience.h"

namespace penstock {

const Decision& Patience::decide(const Snapshot& snapshot) {
    pad_.lay_out(snapshot, {.settle = settings_.settle});
    pad_.fill([&](RankedOwner& place, const Owner& owner, const DeviceOrder&) {
        place.rank = owner.priority;
        const auto patience = std::chrono::duration_cast<Duration>(
            settings_.patience * std::chrono::duration<double, std::nano>(owner.deadline));
        place.late = {.after = patience, .rank = settings_.critical, .since_work = true};
    });
    return pad_.decision();
}

}  // namespace penstock
