// SPDX-License-Identifier: Apache-2.0

#include "policies/time_share.h"

#include <algorithm>
#include <cstdlib>

#include "policies/lookup.h"
#include "policies/turn_length.h"

namespace penstock {
namespace {

// By multiplying: libraries' powers differ in their last digits.
double raised(double base, std::int32_t exponent) {
    double product = 1;
    for (std::int32_t step = std::min(std::abs(exponent), 64); step > 0; --step) {
        product *= base;
    }
    return exponent < 0 ? 1 / product : product;
}

}  // namespace

std::uint32_t TimeShare::share_of(const Owner& owner, Shares shares) {
    constexpr double step = 1.25;
    switch (shares) {
        case Shares::equal:
            break;
        case Shares::by_weight:
            return std::clamp(owner.weight, 1U, RankedOwner::most_share);
        case Shares::by_weight_and_priority: {
            const double share = (owner.weight * raised(step, owner.priority)) + 0.5;
            return static_cast<std::uint32_t>(
                std::clamp(share, 1.0, double{RankedOwner::most_share}));
        }
    }
    return RankedOwner::usual_share;
}

const Decision& TimeShare::decide(const Snapshot& snapshot) {
    pad_.lay_out(snapshot);
    pad_.fill([&](RankedOwner& place, const Owner& owner, DeviceOrder& order) {
        order.settle = settings_.settle;
        order.runners = 1;
        place.quantum = turn_length(settings_.quantum, find_device(snapshot, order.gpu));
        place.share = share_of(owner, settings_.shares);
    });
    return pad_.decision();
}

}  // namespace penstock
