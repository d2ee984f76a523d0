// SPDX-License-Identifier: Apache-2.0
//
// MachineState, continued: owners and queues come and go, and the gate tells what it did to them.

#include <algorithm>
#include <ranges>

#include "agent/state/machine_state.h"
#include "agent/state/sorted.h"
#include "agent/state/tenure.h"

namespace penstock {
namespace {

std::uint32_t later_known(std::uint32_t now, std::uint32_t before) {
    return now != 0 ? now : before;
}

// BPF and the driver's snapshot may both announce a queue, and neither always knows all of it.
void merge(Queue& known, const Queue& seen) {
    known.type = seen.type != QueueType::unknown ? seen.type : known.type;
    known.ring_bytes = later_known(seen.ring_bytes, known.ring_bytes);
    known.written = seen.written ? seen.written : known.written;
    known.read = seen.read ? seen.read : known.read;
}

// Where the gate itself is in the driver until the queues are off the device, or back. On the other
// rungs it sends an order and goes on.
bool waits_for_the_driver(PreemptionLevel level) {
    return level == PreemptionLevel::debug_suspend || level == PreemptionLevel::vendor_ioctl ||
           level == PreemptionLevel::process_evict;
}

bool has_queue_on(const Snapshot& snapshot, OwnerId owner, GpuId gpu) {
    return std::ranges::any_of(snapshot.queues, [&](const Queue& queue) {
        return queue.key.owner == owner && queue.key.gpu == gpu;
    });
}

}  // namespace

void MachineState::absorb_event(const OwnerAppeared& event) {
    if (find_sorted(snapshot_.owners, event.owner.id, &Owner::id) != nullptr) {
        return;
    }
    if (snapshot_.owners.size() >= most_owners) {
        ++snapshot_.ignored;
        return;
    }
    Owner owner = event.owner;
    each_term([&](const auto& term) {
        owner.*term.value = std::clamp(owner.*term.value, term.least, term.most);
    });
    owner.tenures.clear();  // They follow from its queues.
    measured_.stir(place_of(owner.id));
    insert_sorted(snapshot_.owners, std::move(owner), &Owner::id);
}

void MachineState::absorb_event(const OwnerVanished& event) {
    std::erase_if(snapshot_.owners, [&](const Owner& owner) { return owner.id == event.owner; });
    std::erase_if(snapshot_.queues,
                  [&](const Queue& queue) { return queue.key.owner == event.owner; });
    measured_.forget(place_of(event.owner));
    progress_.forget(event.owner);
}

void MachineState::absorb_event(const QueueAppeared& event) {
    const QueueKey& key = event.queue.key;
    if (Queue* known = find_sorted(snapshot_.queues, key, &Queue::key)) {
        merge(*known, event.queue);
        return;
    }
    Owner* owner = find_sorted(snapshot_.owners, key.owner, &Owner::id);
    if (owner == nullptr || snapshot_.queues.size() >= most_queues) {
        ++snapshot_.ignored;
        return;
    }
    insert_sorted(snapshot_.queues, event.queue, &Queue::key);
    if (find_sorted(owner->tenures, key.gpu, &Tenure::gpu) == nullptr) {
        insert_sorted(owner->tenures, Tenure{.gpu = key.gpu}, &Tenure::gpu);
    }
}

void MachineState::absorb_event(const QueueVanished& event) {
    std::erase_if(snapshot_.queues, [&](const Queue& queue) { return queue.key == event.key; });
    Owner* owner = find_sorted(snapshot_.owners, event.key.owner, &Owner::id);
    if (owner != nullptr && !has_queue_on(snapshot_, event.key.owner, event.key.gpu)) {
        std::erase_if(owner->tenures,
                      [&](const Tenure& tenure) { return tenure.gpu == event.key.gpu; });
    }
}

void MachineState::absorb_news(const wire::Adopted& news) {
    if (Owner* owner = find_sorted(snapshot_.owners, news.owner, &Owner::id)) {
        owner->level = news.level;
        owner->level_reason = news.reason;
    }
}

void MachineState::absorb_news(const wire::Acted& news) {
    Owner* owner = find_sorted(snapshot_.owners, news.owner, &Owner::id);
    if (owner == nullptr || news.error != 0) {
        return;
    }
    if (news.queue != every_queue) {
        absorb_hold(news);
        return;
    }
    if (waits_for_the_driver(owner->level)) {
        costs_.add(news);
    }
    Tenure* tenure = find_sorted(owner->tenures, news.gpu, &Tenure::gpu);
    if (tenure == nullptr) {
        return;  // Its last queue there vanished while the news was on its way.
    }
    switch (news.verb) {
        case Verb::suspend:
            begin_suspension(*tenure, from_ns(news.done_ns), news.reason);
            return;
        case Verb::resume:
            end_suspension(*tenure, from_ns(news.done_ns), news.reason);
            if (news.reason == Reason::release) {
                end_holds_of(news.owner, news.gpu, from_ns(news.done_ns));
            }
            return;
    }
}

// It tells nothing of what suspending an owner costs: there it is one queue among many.
void MachineState::absorb_hold(const wire::Acted& news) {
    const QueueKey key{.owner = news.owner, .gpu = news.gpu, .number = news.queue};
    Queue* queue = find_sorted(snapshot_.queues, key, &Queue::key);
    if (queue == nullptr) {
        return;
    }
    switch (news.verb) {
        case Verb::suspend:
            begin_suspension(queue->alone, from_ns(news.done_ns), news.reason);
            return;
        case Verb::resume:
            end_suspension(queue->alone, from_ns(news.done_ns), news.reason);
            return;
    }
}

// Whoever releases an owner has resumed its held queues too.
void MachineState::end_holds_of(OwnerId owner, GpuId gpu, TimePoint when) {
    for (Queue& queue : snapshot_.queues) {
        if (queue.key.owner == owner && queue.key.gpu == gpu) {
            end_suspension(queue.alone, when, Reason::release);
        }
    }
}

void MachineState::absorb_news(const wire::Sampled& news) {
    for (const wire::SampledQueue& sample : news.queues) {
        if (Queue* queue = find_sorted(snapshot_.queues, sample.key, &Queue::key)) {
            queue->written = sample.known ? std::optional(sample.written) : std::nullopt;
            queue->read = sample.known ? std::optional(sample.read) : std::nullopt;
        }
    }
}

}  // namespace penstock
