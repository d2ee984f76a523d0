// SPDX-License-Identifier: Apache-2.0

#include "policies/earliest_deadline.h"

namespace penstock {

const Decision& EarliestDeadline::decide(const Snapshot& snapshot) {
    pad_.lay_out(snapshot, {.settle = settings_.settle, .runners = settings_.runners});
    pad_.fill([&](RankedOwner& place, const Owner& owner, const DeviceOrder&) {
        place.quantum = settings_.quantum;
        place.deadline = owner.deadline;
        place.cost = settings_.by_laxity || settings_.firm ? owner.cost : Duration{};
        place.firm = settings_.firm;
    });
    return pad_.decision();
}

}  // namespace penstock
