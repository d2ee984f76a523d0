// SPDX-License-Identifier: Apache-2.0

#include "policies/shield.h"

#include <algorithm>
#include <utility>

#include "policies/lookup.h"

namespace penstock {
namespace {

// What was counted longer ago says nothing of now.
constexpr Duration oldest = std::chrono::seconds(1);

struct Busy {
    double share = 0;
    TimePoint taken{};
};

// Of those whose traffic is counted.
std::optional<Busy> busiest_node(const Snapshot& snapshot) {
    std::optional<Busy> busiest;
    for (const MemoryNode& node : snapshot.memory) {
        const Sample<double>& share = node.utilization;
        const bool counted =
            share.confidence == Confidence::counter && snapshot.now - share.taken <= oldest;
        const Busy busy{.share = share.value.value_or(0), .taken = share.taken};
        if (share.value && counted && (!busiest || busy.share > busiest->share)) {
            busiest = busy;
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
    pad_.lay_out(snapshot, {.settle = settings_.settle});
    pad_.fill([&](RankedOwner& place, const Owner& owner, const DeviceOrder& order) {
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
    const std::optional<Busy> busy = busiest_node(snapshot);
    if (!busy || std::ranges::none_of(snapshot.owners, &is_protected)) {
        held_back_.clear();
        sum_ = count_ = 0;
        return;
    }
    std::erase_if(held_back_, [&](const HeldBack& held) {
        const Owner* owner = find_owner(snapshot, held.owner);
        return owner == nullptr || !may_wait(*owner);
    });
    if (std::exchange(taken_, busy->taken) != busy->taken) {
        sum_ += busy->share;
        ++count_;
    }
    if (count_ > 0 && snapshot.now - judged_ >= settings_.step) {
        judge(snapshot, sum_ / count_);
        sum_ = count_ = 0;
        judged_ = snapshot.now;
    }
}

// By the mean of a step: what is protected may come and go within it.
void Shield::judge(const Snapshot& snapshot, double busy) {
    if (!held_back_.empty() && !held_back_.back().relief) {
        held_back_.back().relief = std::max(held_back_.back().before - busy, 0.0);
    }
    if (busy > settings_.enter && held_back_.size() < most_held_back) {
        hold_back_one(snapshot, busy);
    } else if (!held_back_.empty() && may_go(held_back_.back(), busy, snapshot.now)) {
        held_back_.pop_back();
    }
}

bool Shield::may_go(const HeldBack& latest, double busy, TimePoint now) const {
    const bool fits = busy + latest.relief.value_or(0) < settings_.leave;
    return fits || (busy < settings_.leave && now - latest.since >= settings_.retry);
}

void Shield::hold_back_one(const Snapshot& snapshot, double busy) {
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
        held_back_.push_back({.owner = heaviest->id, .since = snapshot.now, .before = busy});
    }
}

bool Shield::is_held_back(OwnerId owner) const {
    return std::ranges::find(held_back_, owner, &HeldBack::owner) != held_back_.end();
}

}  // namespace penstock
