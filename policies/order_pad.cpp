// SPDX-License-Identifier: Apache-2.0

#include "policies/order_pad.h"

#include <algorithm>

#include "policies/lookup.h"
#include "policies/queue_priority.h"
#include "policies/single_queues.h"

namespace penstock {
namespace {

// Among those that run together a queue's priority is for the waves to be launched.
Levers levers_of(const Owner& owner) {
    const bool asked = cooperates(owner.level) && owner.priority != 0;
    return asked ? Levers{.queue_priority = queue_priority_of(owner.priority)} : Levers{};
}

RankedOwner place_of(const Owner& owner) {
    return {.owner = owner.id,
            .preemptible = is_preemptible(owner),
            .held_until = owner.held_until.value_or(TimePoint{}),
            .levers = levers_of(owner),
            .costs_device_time = costs_device_time(owner.level)};
}

}  // namespace

void OrderPad::find_presences(const std::vector<Queue>& queues) {
    presences_.clear();
    for (const Queue& queue : queues) {
        const Presence presence{.gpu = queue.key.gpu, .owner = queue.key.owner};
        // An owner's queues on one device stand together.
        if (presences_.empty() || presences_.back() != presence) {
            presences_.push_back(presence);
        }
    }
    std::ranges::sort(presences_);
    const auto repeated = std::ranges::unique(presences_);
    presences_.erase(repeated.begin(), repeated.end());
}

DeviceOrder& OrderPad::order_for(GpuId gpu, std::size_t number) {
    if (number == decision_.orders.size()) {
        decision_.orders.emplace_back();
    }
    if (number == owners_.size()) {
        owners_.emplace_back();
    }
    DeviceOrder& order = decision_.orders[number];
    std::vector<RankedOwner> owners = std::move(order.owners);
    std::vector<HeldQueue> held = std::move(order.held_queues);
    owners.clear();
    held.clear();
    owners_[number].clear();
    // For how long somebody may be suspended is the guard's to say, and the administrator's.
    order = {.gpu = gpu,
             .longest_suspension = Duration::max(),
             .run_window = Duration{},
             .owners = std::move(owners),
             .held_queues = std::move(held)};
    return order;
}

void OrderPad::lay_out(const Snapshot& snapshot) {
    find_presences(snapshot.queues);
    std::size_t orders = 0;
    DeviceOrder* order = nullptr;
    for (const Presence& presence : presences_) {
        const Owner* owner = find_owner(snapshot, presence.owner);
        if (owner == nullptr) {
            continue;  // Its process vanished while the queue's end is still on its way.
        }
        if (order == nullptr || order->gpu != presence.gpu) {
            order = &order_for(presence.gpu, orders++);
        }
        order->owners.push_back(place_of(*owner));
        owners_[orders - 1].push_back(owner);
    }
    decision_.orders.resize(orders);
    hold_queues(snapshot);
}

// Those that an operator holds.
void OrderPad::hold_queues(const Snapshot& snapshot) {
    for (const Queue& queue : snapshot.queues) {
        if (!queue.held_until) {
            continue;
        }
        const Owner* owner = find_owner(snapshot, queue.key.owner);
        const auto order = std::ranges::find(decision_.orders, queue.key.gpu, &DeviceOrder::gpu);
        if (owner != nullptr && order != decision_.orders.end() && can_be_held(*owner, queue)) {
            order->held_queues.push_back(
                {.owner = queue.key.owner, .queue = queue.key.number, .until = *queue.held_until});
        }
    }
}

}  // namespace penstock
