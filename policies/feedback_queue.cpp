// SPDX-License-Identifier: Apache-2.0

#include "policies/feedback_queue.h"

#include <algorithm>

#include "policies/turn_length.h"

namespace penstock {

const Decision& FeedbackQueue::decide(const Snapshot& snapshot) {
    pad_.lay_out(snapshot, {.settle = settings_.settle, .runners = 1});
    TurnLengths lengths(settings_.quantum, snapshot);
    pad_.fill([&](RankedOwner& place, const Owner& owner, const DeviceOrder& order) {
        place.quantum = lengths.on(order.gpu);
        place.share = std::clamp(owner.weight, 1U, RankedOwner::most_share);
        place.descent = {
            .allotment = place.quantum, .levels = settings_.levels, .rise = settings_.rise};
    });
    return pad_.decision();
}

}  // namespace penstock
