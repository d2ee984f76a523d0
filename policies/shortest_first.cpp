// SPDX-License-Identifier: Apache-2.0

#include "policies/shortest_first.h"

#include "policies/turn_length.h"

namespace penstock {
namespace {

// Above every priority there is.
constexpr std::int32_t rank_of_the_late = 1000;

}  // namespace

const Decision& ShortestFirst::decide(const Snapshot& snapshot) {
    pad_.lay_out(snapshot,
                 {.settle = settings_.settle,
                  .runners = settings_.runners,
                  .precedence = Precedence::least_left});
    TurnLengths lengths(settings_.quantum, snapshot);
    pad_.fill([&](RankedOwner& place, const Owner& owner, const DeviceOrder& order) {
        place.rank = owner.priority;
        place.quantum = lengths.on(order.gpu);
        place.cost = owner.cost;
        place.learns = true;
        place.late = {.after = settings_.aging, .rank = rank_of_the_late, .lasts = place.quantum};
    });
    return pad_.decision();
}

}  // namespace penstock
