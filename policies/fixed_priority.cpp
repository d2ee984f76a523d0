// SPDX-License-Identifier: Apache-2.0

#include "policies/fixed_priority.h"

#include <algorithm>
#include <limits>

#include "policies/lookup.h"

namespace penstock {
namespace {

// Above every priority there is.
constexpr std::int32_t rank_of_the_late = 1000;

constexpr std::uint32_t machine_memory = 1;  // The domain.

}  // namespace

const Decision& FixedPriority::decide(const Snapshot& snapshot) {
    pad_.lay_out(snapshot, {.settle = settings_.settle});
    pad_.fill([](RankedOwner& place, const Owner& owner, const DeviceOrder&) {
        place.rank = owner.priority;
    });
    for (DeviceOrder& order : pad_.orders()) {
        const Device* device = find_device(snapshot, order.gpu);
        const bool shared = device != nullptr && device->apu;
        order.domain = settings_.by_domain && shared ? machine_memory : 0;
    }
    if (settings_.aging > Duration{}) {
        std::ranges::for_each(pad_.orders(), [this](DeviceOrder& order) { age(order); });
    }
    return pad_.decision();
}

// Among all to whom somebody there may have to yield.
std::int32_t FixedPriority::highest_beside(const DeviceOrder& order) {
    std::int32_t highest = std::numeric_limits<std::int32_t>::min();
    for (const DeviceOrder& other : pad_.orders()) {
        if (other.gpu == order.gpu || (order.domain != 0 && other.domain == order.domain)) {
            highest = std::max(
                highest, std::ranges::max_element(other.owners, {}, &RankedOwner::rank)->rank);
        }
    }
    return highest;
}

void FixedPriority::age(DeviceOrder& order) {
    const std::int32_t highest = highest_beside(order);
    for (RankedOwner& place : order.owners) {
        place.late = {.after = settings_.aging * (highest - place.rank),
                      .rank = rank_of_the_late,
                      .lasts = settings_.quantum};
    }
}

}  // namespace penstock
