// SPDX-License-Identifier: Apache-2.0

#include "policies/fixed_priority.h"

#include <algorithm>

#include "policies/lookup.h"
#include "policies/queue_priority.h"
#include "policies/single_queues.h"

namespace penstock {
namespace {

// Who has queues where, each pair once, by device and then by owner.
struct Presence {
    GpuId gpu{};
    OwnerId owner{};
    auto operator<=>(const Presence&) const = default;
};

std::vector<Presence> presences(const std::vector<Queue>& queues) {
    std::vector<Presence> all;
    all.reserve(queues.size());
    for (const Queue& queue : queues) {
        all.push_back({.gpu = queue.key.gpu, .owner = queue.key.owner});
    }
    std::ranges::sort(all);
    const auto repeated = std::ranges::unique(all);
    all.erase(repeated.begin(), repeated.end());
    return all;
}

Levers levers_of(const Owner& owner) {
    const bool asked = cooperates(owner.level) && owner.priority != 0;
    return asked ? Levers{.queue_priority = queue_priority_of(owner.priority)} : Levers{};
}

// Those that an operator holds on the order's device.
std::vector<HeldQueue> held_queues(const Snapshot& snapshot, GpuId gpu) {
    std::vector<HeldQueue> held;
    for (const Queue& queue : snapshot.queues) {
        const Owner* owner = queue.held_until ? find_owner(snapshot, queue.key.owner) : nullptr;
        if (owner != nullptr && queue.key.gpu == gpu && can_be_held(*owner, queue)) {
            held.push_back(
                {.owner = queue.key.owner, .queue = queue.key.number, .until = *queue.held_until});
        }
    }
    return held;
}

}  // namespace

Decision FixedPriority::decide(const Snapshot& snapshot) {
    Decision decision;
    for (const Presence& presence : presences(snapshot.queues)) {
        const Owner* owner = find_owner(snapshot, presence.owner);
        if (owner == nullptr) {
            continue;  // Its process vanished while the queue's end is still on its way.
        }
        if (decision.orders.empty() || decision.orders.back().gpu != presence.gpu) {
            decision.orders.push_back({.gpu = presence.gpu, .settle = settings_.settle});
        }
        decision.orders.back().owners.push_back(
            {.owner = owner->id,
             .rank = owner->priority,
             .preemptible = can_preempt(owner->level),
             .held_until = owner->held_until.value_or(TimePoint{}),
             .levers = levers_of(*owner)});
    }
    for (DeviceOrder& order : decision.orders) {
        order.held_queues = held_queues(snapshot, order.gpu);
    }
    return decision;
}

}  // namespace penstock
