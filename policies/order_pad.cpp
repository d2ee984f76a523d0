// SPDX-License-Identifier: Apache-2.0

#include "policies/order_pad.h"

#include <algorithm>
#include <optional>

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

// Written over, with the memory that it has.
void reset(DeviceOrder& order) {
    std::vector<RankedOwner> owners = std::move(order.owners);
    std::vector<HeldQueue> held = std::move(order.held_queues);
    owners.clear();
    held.clear();
    // For how long somebody may be suspended is the guard's to say, and the administrator's.
    order = {.gpu = order.gpu,
             .longest_suspension = Duration::max(),
             .run_window = Duration{},
             .owners = std::move(owners),
             .held_queues = std::move(held)};
}

}  // namespace

RankedOwner OrderPad::place_of(const Owner& owner) {
    return {.owner = owner.id,
            .preemptible = is_preemptible(owner),
            .held_until = owner.held_until.value_or(TimePoint{}),
            .levers = levers_of(owner),
            .costs_device_time = costs_device_time(owner.level)};
}

void OrderPad::lay_out(const Snapshot& snapshot, const Rule& rule) {
    begin();
    const bool any_held = seat_owners(snapshot);
    end();
    for (DeviceOrder& order : decision_.orders) {
        order.settle = rule.settle;
        order.runners = rule.runners;
        order.precedence = rule.precedence;
    }
    if (any_held) {
        hold_queues(snapshot);
    }
}

void OrderPad::begin() {
    for (DeviceOrder& order : decision_.orders) {
        reset(order);
    }
    for (std::vector<const Owner*>& owners : owners_) {
        owners.clear();
    }
}

// Whether an operator holds a queue.
bool OrderPad::seat_owners(const Snapshot& snapshot) {
    bool any_held = false;
    auto owner = snapshot.owners.begin();
    std::optional<GpuId> device;
    std::vector<const Owner*>* seats = nullptr;  // Of that device.
    for (const Queue& queue : snapshot.queues) {
        const auto& [id, gpu, number] = queue.key;
        any_held = any_held || queue.held_until.has_value();
        while (owner != snapshot.owners.end() && owner->id < id) {
            ++owner;
        }
        // A process may vanish while its queues' ends are still on their way.
        if (owner == snapshot.owners.end() || owner->id != id) {
            continue;
        }
        if (device != gpu) {
            device = gpu;
            seats = &owners_[number_of(gpu)];
        }
        // An owner's queues on one device stand together.
        if (seats->empty() || seats->back() != &*owner) {
            seats->push_back(&*owner);
        }
    }
    return any_held;
}

// The order's place among those by device; made if there is none.
std::size_t OrderPad::number_of(GpuId gpu) {
    const auto found = std::ranges::lower_bound(decision_.orders, gpu, {}, &DeviceOrder::gpu);
    const auto number = found - decision_.orders.begin();
    if (found == decision_.orders.end() || found->gpu != gpu) {
        reset(*decision_.orders.insert(found, {.gpu = gpu}));
        owners_.emplace(owners_.begin() + number);
    }
    return static_cast<std::size_t>(number);
}

// Without the devices on which nobody has queues any more.
void OrderPad::end() {
    for (std::size_t number = owners_.size(); number-- > 0;) {
        if (owners_[number].empty()) {
            const auto place = static_cast<std::ptrdiff_t>(number);
            owners_.erase(owners_.begin() + place);
            decision_.orders.erase(decision_.orders.begin() + place);
        }
    }
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
