// SPDX-License-Identifier: Apache-2.0

#include "sim/record/placement.h"

#include <algorithm>
#include <vector>

namespace penstock::sim {
namespace {

// An operator's hold comes before any rank.
bool is_held(const RankedOwner& owner, TimePoint now) {
    return owner.preemptible && owner.held_until > now;
}

// Ranks first, and within a rank there are turns when not all of it may run.
Place place_of(const RankedOwner& owner,
               const std::vector<const RankedOwner*>& working,
               std::uint32_t runners) {
    const auto higher = std::ranges::count_if(
        working, [&](const RankedOwner* other) { return other->rank > owner.rank; });
    const auto equal = std::ranges::count_if(
        working, [&](const RankedOwner* other) { return other->rank == owner.rank; });
    if (!owner.preemptible || (runners == 0 && higher == 0) ||
        (runners != 0 && higher + equal <= runners)) {
        return Place::runs;
    }
    return runners != 0 && higher < runners ? Place::turns : Place::yields;
}

}  // namespace

bool has_work(const Snapshot& seen, OwnerId owner, GpuId gpu) {
    const QueueKey first{.owner = owner, .gpu = gpu, .number = 0};
    auto queue = std::ranges::lower_bound(seen.queues, first, {}, &Queue::key);
    for (; queue != seen.queues.end() && queue->key.owner == owner && queue->key.gpu == gpu;
         ++queue) {
        if (queue->occupied_bytes().value_or(0) > 0) {
            return true;
        }
    }
    return false;
}

void each_place(const Snapshot& seen,
                const DeviceOrder& order,
                const std::function<void(OwnerId owner, Place place)>& visit) {
    std::vector<const RankedOwner*> working;
    for (const RankedOwner& owner : order.owners) {
        if (!has_work(seen, owner.owner, order.gpu)) {
            continue;
        }
        if (is_held(owner, seen.now)) {
            visit(owner.owner, Place::yields);
        } else {
            working.push_back(&owner);
        }
    }
    for (const RankedOwner* owner : working) {
        visit(owner->owner, place_of(*owner, working, order.runners));
    }
}

}  // namespace penstock::sim
