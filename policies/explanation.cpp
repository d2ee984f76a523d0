// SPDX-License-Identifier: Apache-2.0

#include "policies/explanation.h"

#include <algorithm>
#include <iterator>

#include "policies/explanation_words.h"
#include "policies/lookup.h"

namespace penstock {
namespace {

// What is not to be said is not added.
void add(std::vector<std::string>& sentences, std::string sentence) {
    if (!sentence.empty()) {
        sentences.push_back(std::move(sentence));
    }
}

const Tenure* tenure_on(const Owner& owner, GpuId gpu) {
    const auto found = std::ranges::find(owner.tenures, gpu, &Tenure::gpu);
    return found != owner.tenures.end() ? &*found : nullptr;
}

// Whether there is something to say of the queue beside its owner.
bool stands_alone(const Queue& queue, TimePoint now) {
    return queue.alone.suspended || queue.alone.suspended_for ||
           (queue.held_until && *queue.held_until > now);
}

void add_place(std::vector<std::string>& sentences,
               const Snapshot& snapshot,
               const DeviceOrder& order,
               const RankedOwner& place) {
    add(sentences, rank_sentence(order, place));
    add(sentences, turn_sentence(order, place));
    add(sentences, domain_sentence(order));
    add(sentences, deadline_sentence(place));
    add(sentences, steal_sentence(place));
    add(sentences, budget_sentence(place));
    add(sentences, descent_sentence(place));
    add(sentences, late_sentence(place));
    add(sentences, above_sentence(snapshot, order, place));
    add(sentences, overtaking_sentence(order, place));
    add(sentences, bounds_sentence(order));
}

// What the order of the device says; while preemption is disabled there is none.
void add_order(std::vector<std::string>& sentences,
               const Snapshot& snapshot,
               const Decision& decision,
               QueueKey any) {
    if (!snapshot.preemption_enabled) {
        return;
    }
    const auto order = std::ranges::find(decision.orders, any.gpu, &DeviceOrder::gpu);
    if (order == decision.orders.end()) {
        add(sentences, "the policy orders nothing on the device: its driver shares it");
        return;
    }
    const auto place = std::ranges::find(order->owners, any.owner, &RankedOwner::owner);
    if (place == order->owners.end()) {
        add(sentences, "the standing order of the device does not name it, so it runs");
    } else {
        add_place(sentences, snapshot, *order, *place);
    }
}

Explanation of_owner(const Snapshot& snapshot,
                     const Decision& decision,
                     const Owner& owner,
                     GpuId gpu) {
    Explanation row{.gpu = gpu};
    if (const Tenure* tenure = tenure_on(owner, gpu)) {
        row.suspended = tenure->suspended;
        add(row.sentences, tenure_sentence(*tenure, owner.level, snapshot.now));
    }
    add(row.sentences, hold_sentence(owner.held_until, snapshot.now));
    add(row.sentences, exemption_sentence(snapshot, owner));
    add_order(row.sentences, snapshot, decision, {.owner = owner.id, .gpu = gpu});
    return row;
}

// First what is the queue's own, then what it shares with its owner's others.
Explanation of_queue(const Snapshot& snapshot,
                     const Owner& owner,
                     const Queue& queue,
                     const Explanation& shared) {
    Explanation row{.gpu = queue.key.gpu,
                    .queues = {queue.key.number},
                    .suspended = shared.suspended || queue.alone.suspended};
    const std::string own = tenure_sentence(queue.alone, owner.level, snapshot.now);
    add(row.sentences, "by itself: " + own);
    if (const std::string hold = hold_sentence(queue.held_until, snapshot.now); !hold.empty()) {
        add(row.sentences, "by itself: " + hold);
    }
    row.sentences.insert(row.sentences.end(), shared.sentences.begin(), shared.sentences.end());
    return row;
}

// The rows of one device.
void add_device(std::vector<Explanation>& rows,
                const Snapshot& snapshot,
                const Decision& decision,
                const Owner& owner,
                GpuId gpu) {
    Explanation shared = of_owner(snapshot, decision, owner, gpu);
    std::vector<Explanation> alone;
    for (const Queue& queue : snapshot.queues) {
        if (queue.key.owner != owner.id || queue.key.gpu != gpu) {
            continue;
        }
        if (stands_alone(queue, snapshot.now)) {
            alone.push_back(of_queue(snapshot, owner, queue, shared));
        } else {
            shared.queues.push_back(queue.key.number);
        }
    }
    if (!shared.queues.empty()) {
        rows.push_back(std::move(shared));
    }
    std::ranges::move(alone, std::back_inserter(rows));
}

}  // namespace

std::vector<Explanation> explain(const Snapshot& snapshot,
                                 const Decision& decision,
                                 OwnerId owner) {
    std::vector<Explanation> rows;
    if (const Owner* known = find_owner(snapshot, owner)) {
        for (const Tenure& tenure : known->tenures) {
            add_device(rows, snapshot, decision, *known, tenure.gpu);
        }
    }
    return rows;
}

}  // namespace penstock
