// SPDX-License-Identifier: Apache-2.0

#include "policies/order_parts.h"

#include <algorithm>
#include <utility>

namespace penstock::wire {

Order part_of(const DeviceOrder& order, std::uint32_t first) {
    const auto all =
        static_cast<std::uint32_t>(std::min<std::size_t>(order.owners.size(), most_places));
    const std::uint32_t begin = std::min(first, all);
    const std::uint32_t end = begin + std::min(all - begin, most_places_in_part);
    Order part{.order = order, .first = begin, .goes_on = end < all};
    std::vector<RankedOwner>& places = part.order.owners;
    places.resize(end);
    places.erase(places.begin(), places.begin() + std::ptrdiff_t{begin});
    if (part.goes_on) {
        part.order.held_queues.clear();
    }
    return part;
}

std::optional<DeviceOrder> OrderAssembly::add(Order part) {
    DeviceOrder former = std::exchange(begun_, {});
    if (part.first != 0) {
        if (former.gpu != part.order.gpu || former.owners.size() != part.first) {
            return std::nullopt;
        }
        former.owners.insert(
            former.owners.end(), part.order.owners.begin(), part.order.owners.end());
        part.order.owners = std::move(former.owners);
    }
    if (!part.goes_on) {
        return std::move(part.order);
    }
    begun_ = std::move(part.order);
    return std::nullopt;
}

}  // namespace penstock::wire
