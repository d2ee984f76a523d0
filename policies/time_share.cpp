// SPDX-License-Identifier: Apache-2.0

#include "policies/time_share.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "policies/turn_length.h"

namespace penstock {
namespace {

constexpr std::int32_t farthest = 64;  // Priorities go no further than 20.

// What steps of priority are worth, from 0. By multiplying: libraries' powers differ in their last
// digits.
constexpr std::array<double, farthest + 1> worths = [] {
    constexpr double step = 1.25;
    std::array<double, farthest + 1> products{1};
    for (std::size_t number = 1; number < products.size(); ++number) {
        products[number] = products[number - 1] * step;
    }
    return products;
}();

double worth_of(std::int32_t priority) {
    const std::int32_t bounded = std::clamp(priority, -farthest, farthest);
    const double worth = worths[static_cast<std::size_t>(std::abs(bounded))];
    return bounded < 0 ? 1 / worth : worth;
}

}  // namespace

std::uint32_t TimeShare::share_of(const Owner& owner, Shares shares) {
    switch (shares) {
        case Shares::equal:
            break;
        case Shares::by_weight:
            return std::clamp(owner.weight, 1U, RankedOwner::most_share);
        case Shares::by_weight_and_priority: {
            const double share = (owner.weight * worth_of(owner.priority)) + 0.5;
            return static_cast<std::uint32_t>(
                std::clamp(share, 1.0, double{RankedOwner::most_share}));
        }
    }
    return RankedOwner::usual_share;
}

const Decision& TimeShare::decide(const Snapshot& snapshot) {
    pad_.lay_out(snapshot, {.settle = settings_.settle, .runners = 1});
    TurnLengths lengths(settings_.quantum, snapshot);
    pad_.fill([&](RankedOwner& place, const Owner& owner, const DeviceOrder& order) {
        place.quantum = lengths.on(order.gpu);
        place.share = share_of(owner, settings_.shares);
    });
    if (settings_.hard) {
        std::ranges::for_each(pad_.orders(), &TimeShare::bound);
    }
    return pad_.decision();
}

void TimeShare::bound(DeviceOrder& order) {
    constexpr int turns_in_a_period = 5;
    std::int64_t all = 0;
    for (const RankedOwner& place : order.owners) {
        all += place.share;
    }
    for (RankedOwner& place : order.owners) {
        const Duration period = place.quantum * turns_in_a_period;
        place.budget = {.amount = std::max(period * place.share / all, Duration{1}),
                        .period = period,
                        .hard = true};
    }
}

}  // namespace penstock
