// SPDX-License-Identifier: Apache-2.0

#include "policies/guard.h"

#include <algorithm>

#include "policies/lookup.h"

namespace penstock {
namespace {

// A policy that names somebody twice has contradicted itself: the first entry counts.
template <typename Item, typename Key>
void sort_each_once(std::vector<Item>& items, Key Item::* key) {
    std::ranges::stable_sort(items, {}, key);
    const auto repeated = std::ranges::unique(items, {}, key);
    items.erase(repeated.begin(), repeated.end());
}

// Only an operator holds: a policy's own hold would escape the longest suspension.
TimePoint bounded_hold(TimePoint wished, const Owner& owner, TimePoint latest) {
    return std::min({wished, owner.held_until.value_or(TimePoint{}), latest});
}

}  // namespace

Decision Guard::trim(Decision wished, const Snapshot& snapshot) const {
    if (!snapshot.preemption_enabled) {
        return {};
    }
    sort_each_once(wished.orders, &DeviceOrder::gpu);
    for (DeviceOrder& order : wished.orders) {
        trim_order(order, snapshot);
    }
    return wished;
}

void Guard::trim_order(DeviceOrder& order, const Snapshot& snapshot) const {
    order.settle = std::clamp(order.settle, Duration{}, limits_.longest_settle);
    order.longest_suspension =
        std::clamp(order.longest_suspension, Duration{}, limits_.longest_suspension);
    order.run_window = std::max(order.run_window, limits_.shortest_run_window);
    sort_each_once(order.owners, &RankedOwner::owner);
    std::erase_if(order.owners, [&](const RankedOwner& place) {
        return find_owner(snapshot, place.owner) == nullptr;
    });
    for (RankedOwner& place : order.owners) {
        const Owner& owner = *find_owner(snapshot, place.owner);
        place.preemptible = place.preemptible && can_suspend(owner.level);
        place.held_until =
            bounded_hold(place.held_until, owner, snapshot.now + limits_.longest_hold);
    }
}

}  // namespace penstock
