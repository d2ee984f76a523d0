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

Budget budget_of(const Owner& owner, bool hard) {
    if (owner.deadline <= Duration{} || owner.cost <= Duration{}) {
        return {};
    }
    return {.amount = std::min(owner.cost * margin_percent / 100, owner.deadline),
            .period = owner.deadline,
            .rank = 1,
            .hard = hard};
}

// Of a device's time.
double part(const Budget& budget) {
    return static_cast<double>(budget.amount.count()) / static_cast<double>(budget.period.count());
}

void shrink(DeviceOrder& order, double to) {
    for (RankedOwner& place : order.owners) {
        const double amount = static_cast<double>(place.budget.amount.count()) * to;
        place.budget.amount = Duration(static_cast<Duration::rep>(amount));
    }
}

}  // namespace

const Decision& ReservedBudget::decide(const Snapshot& snapshot) {
    pad_.lay_out(snapshot, {.settle = settings_.settle, .runners = 1});
    TurnLengths lengths(settings_.quantum, snapshot);
    reserved_.assign(pad_.orders().size(), 0);
    pad_.fill([&](RankedOwner& place, const Owner& owner, const DeviceOrder& order) {
        place.quantum = lengths.on(order.gpu);
        place.share = std::clamp(owner.weight, 1U, RankedOwner::most_share);
        place.budget = budget_of(owner, settings_.hard);
        if (place.budget.amount > Duration{}) {
            reserved_[static_cast<std::size_t>(&order - pad_.orders().data())] +=
                part(place.budget);
        }
    });
    for (std::size_t number = 0; number < reserved_.size(); ++number) {
        if (reserved_[number] > most_reserved) {
            shrink(pad_.orders()[number], most_reserved / reserved_[number]);
        }
    }
    return pad_.decision();
}

}  // namespace penstock
