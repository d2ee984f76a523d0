// SPDX-License-Identifier: Apache-2.0

#include "policies/guard.h"

#include <algorithm>
#include <utility>

#include "policies/lookup.h"
#include "policies/preemption_cost.h"
#include "policies/single_queues.h"

namespace penstock {
namespace {

// A policy that names somebody twice has contradicted itself: the first entry counts.
template <typename Item, typename Key>
void sort_each_once(std::vector<Item>& items, Key key) {
    // Nearly always they are, and a stable sort takes memory even then.
    if (std::ranges::is_sorted(items, std::ranges::less_equal(), key)) {
        return;
    }
    std::ranges::stable_sort(items, {}, key);
    const auto repeated = std::ranges::unique(items, {}, key);
    items.erase(repeated.begin(), repeated.end());
}

std::pair<OwnerId, std::uint32_t> name_of(const HeldQueue& held) {
    return {held.owner, held.queue};
}

const Queue* queue_of(const HeldQueue& held, GpuId gpu, const Snapshot& snapshot) {
    return find_queue(snapshot, {.owner = held.owner, .gpu = gpu, .number = held.queue});
}

// Only an operator holds: a policy's own hold would escape the longest suspension.
TimePoint bounded_hold(TimePoint wished, std::optional<TimePoint> asked, TimePoint latest) {
    return std::min({wished, asked.value_or(TimePoint{}), latest});
}

// What no driver would take is left as it is.
Levers sound(Levers wished) {
    if (wished.queue_priority > Levers::highest_priority) {
        wished.queue_priority = Levers::own_priority;
    }
    if (wished.units.first > UnitRange::most || wished.units.count > UnitRange::most) {
        wished.units = {};
    }
    return wished;
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
    const Device* device = find_device(snapshot, order.gpu);
    bound_suspensions(order, device != nullptr ? *device : Device{});
    sort_each_once(order.owners, &RankedOwner::owner);
    auto kept = order.owners.begin();
    for (RankedOwner& place : order.owners) {
        if (const Owner* owner = find_owner(snapshot, place.owner)) {
            trim_place(place, *owner, snapshot.now);
            *kept++ = place;
        }
    }
    order.owners.erase(kept, order.owners.end());
    trim_held_queues(order, snapshot);
}

void Guard::trim_held_queues(DeviceOrder& order, const Snapshot& snapshot) const {
    sort_each_once(order.held_queues, &name_of);
    std::erase_if(order.held_queues, [&](const HeldQueue& held) {
        const Owner* owner = find_owner(snapshot, held.owner);
        const Queue* queue = queue_of(held, order.gpu, snapshot);
        return owner == nullptr || queue == nullptr || !can_be_held(*owner, *queue);
    });
    const TimePoint latest = snapshot.now + limits_.longest_hold;
    for (HeldQueue& held : order.held_queues) {
        const Queue& queue = *queue_of(held, order.gpu, snapshot);
        held.until = bounded_hold(held.until, queue.held_until, latest);
    }
    if (order.held_queues.size() > DeviceOrder::most_held_queues) {
        order.held_queues.resize(DeviceOrder::most_held_queues);
    }
}

// A policy may ask for fewer suspensions than the device can bear, never for more.
void Guard::bound_suspensions(DeviceOrder& order, const Device& device) const {
    const SuspensionBound bound = suspension_bound(device, limits_.device_time_share);
    const bool asked = order.suspension_interval > Duration{};
    order.suspension_interval = std::clamp(
        order.suspension_interval, bound.interval, DeviceOrder::longest_suspension_interval);
    const std::uint32_t wished = asked ? order.suspension_burst : bound.burst;
    order.suspension_burst = std::clamp(wished, 1U, bound.burst);
}

void Guard::trim_place(RankedOwner& place, const Owner& owner, TimePoint now) const {
    place.preemptible = place.preemptible && is_preemptible(owner);
    place.costs_device_time = costs_device_time(owner.level);
    place.held_until = bounded_hold(place.held_until, owner.held_until, now + limits_.longest_hold);
    place.levers = sound(place.levers);
    place.share = std::clamp(place.share, 1U, RankedOwner::most_share);
    for (Duration* quantum : {&place.quantum, &place.steal.quantum, &place.descent.allotment}) {
        if (*quantum != Duration{}) {
            *quantum = std::clamp(*quantum, limits_.shortest_quantum, RankedOwner::longest_quantum);
        }
    }
    for (Duration* wait : {&place.deadline,
                           &place.cost,
                           &place.late.after,
                           &place.late.lasts,
                           &place.steal.guard,
                           &place.descent.rise,
                           &place.budget.period}) {
        *wait = std::clamp(*wait, Duration{}, RankedOwner::longest_wait);
    }
    place.descent.levels = std::clamp<std::uint8_t>(place.descent.levels, 1, Descent::most_levels);
    place.budget.amount = std::clamp(place.budget.amount, Duration{}, place.budget.period);
}

}  // namespace penstock
