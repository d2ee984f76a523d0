// SPDX-License-Identifier: Apache-2.0

#include "policies/reserve.h"

#include <algorithm>

#include "policies/turn_length.h"

namespace penstock {
namespace {

// Above every priority there is.
constexpr std::int32_t rank_of_thieves = 1000;

// With the whole of a short deadline as its guard, an owner would have no time but for stealing.
constexpr int guards_in_a_deadline = 4;

}  // namespace

const Decision& Reserve::decide(const Snapshot& snapshot) {
    pad_.lay_out(snapshot, {.settle = settings_.settle});
    TurnLengths lengths(settings_.quantum, snapshot);
    pad_.fill([&](RankedOwner& place, const Owner& owner, const DeviceOrder& order) {
        place.rank = owner.priority;
        if (owner.deadline == Duration{}) {
            return;
        }
        place.deadline = owner.deadline;
        place.cost = owner.cost;
        place.learns = true;
        place.steal = {.rank = rank_of_thieves,
                       .quantum = lengths.on(order.gpu),
                       .guard = std::min(settings_.guard, owner.deadline / guards_in_a_deadline)};
    });
    return pad_.decision();
}

}  // namespace penstock
