// SPDX-License-Identifier: Apache-2.0

#include "policies/fixed_priority.h"

#include <algorithm>

#include "policies/lookup.h"
#include "policies/queue_priority.h"

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
    return decision;
}

}  // namespace penstock
