// SPDX-License-Identifier: Apache-2.0

#include "policies/time_share.h"

#include <algorithm>
#include <cmath>

#include "policies/lookup.h"
#include "policies/turn_length.h"

namespace penstock {

std::uint32_t TimeShare::share_of(const Owner& owner, Shares shares) {
    constexpr double step = 1.25;
    switch (shares) {
        case Shares::equal:
            break;
        case Shares::by_weight:
            return std::clamp(owner.weight, 1U, RankedOwner::most_share);
        case Shares::by_weight_and_priority: {
            const double share = owner.weight * std::pow(step, owner.priority);
            return static_cast<std::uint32_t>(
                std::clamp(std::round(share), 1.0, double{RankedOwner::most_share}));
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
