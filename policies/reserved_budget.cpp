// SPDX-License-Identifier: Apache-2.0

#include "policies/reserved_budget.h"

#include <algorithm>

#include "policies/turn_length.h"

namespace penstock {
namespace {

// Of a device: changing turns takes time as well, and somebody has to be able to do the rest.
constexpr double most_reserved = 0.95;

// More than it costs: changing turns counts as well, and is not part of the work.
constexpr int margin_percent = 110;

double part(const Budget& budget) {
    return static_cast<double>(budget.amount.count()) / static_cast<double>(budget.period.count());
}

void shrink(DeviceOrder& order) {
    double reserved = 0;
    for (const RankedOwner& place : order.owners) {
        reserved += place.budget.amount > Duration{} ? part(place.budget) : 0;
    }
    if (reserved <= most_reserved) {
        return;
    }
    const double kept = most_reserved / reserved;
    for (RankedOwner& place : order.owners) {
        const double amount = static_cast<double>(place.budget.amount.count()) * kept;
        place.budget.amount = Duration(static_cast<Duration::rep>(amount));
    }
}

}  // namespace

const Decision& ReservedBudget::decide(const Snapshot& snapshot) {
    pad_.lay_out(snapshot);
    TurnLengths lengths(settings_.quantum, snapshot);
    pad_.fill([&](RankedOwner& place, const Owner& owner, DeviceOrder& order) {
        order.settle = settings_.settle;
        order.runners = 1;
        place.quantum = lengths.on(order.gpu);
        place.share = std::clamp(owner.weight, 1U, RankedOwner::most_share);
        if (owner.deadline > Duration{} && owner.cost > Duration{}) {
            place.budget = {.amount = std::min(owner.cost * margin_percent / 100, owner.deadline),
                            .period = owner.deadline,
                            .rank = 1,
                            .hard = settings_.hard};
        }
    });
    std::ranges::for_each(pad_.orders(), &shrink);
    return pad_.decision();
}

}  // namespace penstock
