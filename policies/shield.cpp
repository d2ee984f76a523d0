// SPDX-License-Identifier: Apache-2.0

#include "policies/shield.h"

#include <algorithm>
#include <optional>

#include "policies/lookup.h"

namespace penstock {
namespace {

// What was counted longer ago says nothing of now.
constexpr Duration oldest = std::chrono::seconds(1);

std::optional<double> busiest_node(const Snapshot& snapshot) {
    std::optional<double> busiest;
    for (const MemoryNode& node : snapshot.memory) {
        const Sample<double>& share = node.utilization;
        const bool counted = share.value && share.confidence == Confidence::counter &&
                             snapshot.now - share.taken <= oldest;
        if (counted) {
            busiest = std::max(busiest.value_or(0), *share.value);
        }
    }
    return busiest;
}

bool is_protected(const Owner& owner) {
    return owner.service_class == ServiceClass::latency;
}

bool may_wait(const Owner& owner) {
    return owner.service_class == ServiceClass::batch || owner.service_class == ServiceClass::idle;
}

bool fills_memory(const Snapshot& snapshot, GpuId gpu) {
    const Device* device = find_device(snapshot, gpu);
    return device != nullptr && device->apu;
}

bool works_on_an_apu(const Snapshot& snapshot, const Owner& owner) {
    return std::ranges::any_of(
        owner.tenures, [&](const Tenure& tenure) { return fills_memory(snapshot, tenure.gpu); });
}

// How much of the traffic is likely to be its own: nothing counts it by owner.
double weight_of(const Owner& owner) {
    return owner.use.gpu_share.value.value_or(0);
}

}  // namespace

const Decision& Shield::decide(const Snapshot& snapshot) {
    watch(snapshot);
    pad_.lay_out(snapshot);
    pad_.fill([&](RankedOwner& place, const Owner& owner, DeviceOrder& order) {
        order.settle = settings_.settle;
        place.rank = owner.priority;
        if (is_held_back(owner.id) && fills_memory(snapshot, order.gpu)) {
            place.budget = {.amount = settings_.allowed,
                            .period = settings_.period,
                            .rank = place.rank,
                            .hard = true};
        }
    });
    return pad_.decision();
}

void Shield::watch(const Snapshot& snapshot) {
    const std::optional<double> busy = busiest_node(snapshot);
    if (!busy || std::ranges::none_of(snapshot.owners, &is_protected)) {
        held_back_.clear();
        return;
    }
    std::erase_if(held_back_, [&](OwnerId id) {
        const Owner* owner = find_owner(snapshot, id);
        return owner == nullptr || !may_wait(*owner);
    });
    if (snapshot.now - changed_ < settings_.step) {
        return;
    }
    if (*busy > settings_.enter && held_back_.size() < most_held_back) {
        hold_back_one(snapshot);
    } else if (*busy < settings_.leave && !held_back_.empty()) {
        held_back_.pop_back();
        changed_ = snapshot.now;
    }
}

void Shield::hold_back_one(const Snapshot& snapshot) {
    const Owner* heaviest = nullptr;
    for (const Owner& owner : snapshot.owners) {
        if (!may_wait(owner) || is_held_back(owner.id) || !works_on_an_apu(snapshot, owner)) {
            continue;
        }
        if (heaviest == nullptr || weight_of(owner) > weight_of(*heaviest)) {
            heaviest = &owner;
        }
    }
    if (heaviest != nullptr) {
        held_back_.push_back(heaviest->id);
        changed_ = snapshot.now;
    }
}

bool Shield::is_held_back(OwnerId owner) const {
    return std::ranges::find(held_back_, owner) != held_back_.end();
}

}  // namespace penstock
