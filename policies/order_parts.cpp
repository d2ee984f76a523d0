// SPDX-License-Identifier: Apache-2.0

#include "policies/order_parts.h"

#include <algorithm>
#include <span>
#include <utility>

namespace penstock::wire {
namespace {

// All but its owners and held queues.
DeviceOrder frame_of(const DeviceOrder& order) {
    return {.gpu = order.gpu,
            .runners = order.runners,
            .settle = order.settle,
            .longest_suspension = order.longest_suspension,
            .run_window = order.run_window,
            .suspension_interval = order.suspension_interval,
            .suspension_burst = order.suspension_burst};
}

}  // namespace

Order part_of(const DeviceOrder& order, std::uint32_t first) {
    const auto all =
        static_cast<std::uint32_t>(std::min<std::size_t>(order.owners.size(), most_places));
    const std::uint32_t begin = std::min(first, all);
    const std::uint32_t end = begin + std::min(all - begin, most_places_in_part);
    Order part{.order = frame_of(order), .first = begin, .goes_on = end < all};
    const std::span places(order.owners);
    const auto told = places.subspan(begin, end - begin);
    part.order.owners.assign(told.begin(), told.end());
    if (!part.goes_on) {
        part.order.held_queues = order.held_queues;
    }
    return part;
}

std::optional<DeviceOrder> OrderAssembly::add(const Order& part) {
    const DeviceOrder former = std::exchange(begun_, {});
    DeviceOrder order = part.order;
    if (part.first != 0) {
        if (former.gpu != part.order.gpu || former.owners.size() != part.first) {
            return std::nullopt;
        }
        order.owners.insert(order.owners.begin(), former.owners.begin(), former.owners.end());
    }
    if (!part.goes_on) {
        return order;
    }
    begun_ = std::move(order);
    return std::nullopt;
}

}  // namespace penstock::wire
