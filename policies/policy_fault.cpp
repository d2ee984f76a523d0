// SPDX-License-Identifier: Apache-2.0

#include "policies/policy_fault.h"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <type_traits>
#include <vector>

#include "policies/lookup.h"

namespace penstock {
namespace {

template <typename Item, typename Key>
bool repeats(const std::vector<Item>& items, Key key) {
    if (std::ranges::is_sorted(items, std::ranges::less_equal(), key)) {
        return false;
    }
    // Only what is out of order costs memory here.
    std::vector<std::decay_t<std::invoke_result_t<Key, const Item&>>> keys;
    std::ranges::transform(items, std::back_inserter(keys), key);
    std::ranges::sort(keys);
    return std::ranges::adjacent_find(keys) != keys.end();
}

bool is_absurd(const Levers& levers) {
    const bool bad_priority = levers.queue_priority > Levers::highest_priority &&
                              levers.queue_priority != Levers::own_priority;
    return bad_priority || levers.units.first > UnitRange::most ||
           levers.units.count > UnitRange::most;
}

bool has_absurd_duration(const RankedOwner& place) {
    const std::array durations{place.quantum,
                               place.deadline,
                               place.cost,
                               place.late.after,
                               place.late.lasts,
                               place.steal.quantum,
                               place.steal.guard,
                               place.descent.allotment,
                               place.descent.rise,
                               place.budget.amount,
                               place.budget.period};
    return std::ranges::any_of(durations, [](Duration each) { return each < Duration{}; });
}

std::optional<FaultKind> fault_in(const RankedOwner& place, const Snapshot& snapshot) {
    const Owner* owner = find_owner(snapshot, place.owner);
    if (owner == nullptr) {
        return FaultKind::stranger;
    }
    if (place.preemptible && !owner->preemptible) {
        return FaultKind::exempt;
    }
    if (place.held_until > owner->held_until.value_or(TimePoint{})) {
        return FaultKind::unasked_hold;
    }
    if (is_absurd(place.levers)) {
        return FaultKind::absurd_lever;
    }
    if (place.share == 0 || place.share > RankedOwner::most_share) {
        return FaultKind::absurd_share;
    }
    return has_absurd_duration(place) ? std::optional(FaultKind::absurd_duration) : std::nullopt;
}

std::optional<FaultKind> fault_in(const HeldQueue& held, GpuId gpu, const Snapshot& snapshot) {
    const Queue* queue =
        find_queue(snapshot, {.owner = held.owner, .gpu = gpu, .number = held.queue});
    const auto asked = queue != nullptr ? queue->held_until : std::nullopt;
    return held.until > asked.value_or(TimePoint{}) ? std::optional(FaultKind::unasked_hold)
                                                    : std::nullopt;
}

std::optional<PolicyFault> fault_in(const DeviceOrder& order, const Snapshot& snapshot) {
    if (repeats(order.owners, &RankedOwner::owner)) {
        return PolicyFault{.kind = FaultKind::two_places, .gpu = order.gpu};
    }
    for (const RankedOwner& place : order.owners) {
        if (const auto kind = fault_in(place, snapshot)) {
            return PolicyFault{.kind = *kind, .gpu = order.gpu, .owner = place.owner};
        }
    }
    for (const HeldQueue& held : order.held_queues) {
        if (const auto kind = fault_in(held, order.gpu, snapshot)) {
            return PolicyFault{.kind = *kind, .gpu = order.gpu, .owner = held.owner};
        }
    }
    return std::nullopt;
}

// What it did to the owner.
const char* deed_of(FaultKind kind) {
    switch (kind) {
        case FaultKind::stranger:
            return "ranks a process that has ended, or never was:";
        case FaultKind::exempt:
            return "would suspend a process that is exempt:";
        case FaultKind::unasked_hold:
            return "holds a process that nobody asked to hold:";
        case FaultKind::absurd_lever:
            return "pulls a lever further than it goes for a process:";
        case FaultKind::absurd_share:
            return "gives a share that there is not to a process:";
        case FaultKind::absurd_duration:
            return "gives less than no time to a process:";
        case FaultKind::failed:
        case FaultKind::two_orders:
        case FaultKind::two_places:
            break;
    }
    return "contradicts itself about a process:";
}

std::string name_of(OwnerId id, const Snapshot& snapshot) {
    const Owner* owner = find_owner(snapshot, id);
    return owner != nullptr ? "pid " + std::to_string(owner->pid)
                            : "owner " + std::to_string(id.value);
}

}  // namespace

std::optional<PolicyFault> fault_in(const Decision& wished, const Snapshot& snapshot) {
    if (repeats(wished.orders, &DeviceOrder::gpu)) {
        return PolicyFault{.kind = FaultKind::two_orders};
    }
    for (const DeviceOrder& order : wished.orders) {
        if (auto fault = fault_in(order, snapshot)) {
            return fault;
        }
    }
    return std::nullopt;
}

std::string sentence_of(const PolicyFault& fault, const Snapshot& snapshot) {
    const std::string there = " on device " + std::to_string(fault.gpu.value);
    switch (fault.kind) {
        case FaultKind::failed:
            return "the policy failed, and everybody runs: " + fault.why;
        case FaultKind::two_orders:
            return "the policy gives one device two orders; the first counts";
        case FaultKind::two_places:
            return "the policy gives one process two ranks" + there + "; the first counts";
        case FaultKind::stranger:
        case FaultKind::exempt:
        case FaultKind::unasked_hold:
        case FaultKind::absurd_lever:
        case FaultKind::absurd_share:
        case FaultKind::absurd_duration:
            break;
    }
    return std::string("the policy ") + deed_of(fault.kind) + ' ' + name_of(fault.owner, snapshot) +
           there + "; the guard does not let it";
}

}  // namespace penstock
