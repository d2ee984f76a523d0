// SPDX-License-Identifier: Apache-2.0

#include "agent/queue_tracker.h"

#include <utility>

#include "base/journal.h"
#include "base/pidfd.h"

namespace penstock {
namespace {

// What is new of a queue wins over what was known; what is 0 is unknown.
wire::QueueAt merged(const wire::QueueAt& known, const wire::QueueAt& news) {
    wire::QueueAt result = news;
    const auto keep = [](auto& field, auto old) { field = field == 0 ? old : field; };
    keep(result.key.gpu.value, known.key.gpu.value);
    keep(result.ring_address, known.ring_address);
    keep(result.write_address, known.write_address);
    keep(result.read_address, known.read_address);
    keep(result.ring_bytes, known.ring_bytes);
    // Sysfs does not tell AQL from PM4.
    result.type = known.type == QueueType::compute_aql ? known.type : news.type;
    result.slot = known.slot;
    return result;
}

bool same(const wire::QueueAt& a, const wire::QueueAt& b) {
    return a.key == b.key && a.type == b.type && a.ring_address == b.ring_address &&
           a.write_address == b.write_address && a.read_address == b.read_address &&
           a.ring_bytes == b.ring_bytes && a.slot == b.slot;
}

}  // namespace

void QueueTracker::seen(std::uint32_t pid, wire::QueueAt queue) {
    Tracked* tracked = owner_of(pid);
    if (tracked == nullptr) {
        tracked = adopt(pid);
    }
    if (tracked != nullptr) {
        note(*tracked, queue);
    }
}

void QueueTracker::found(const wire::QueueAt& queue) {
    const auto owner = owners_.find(queue.key.owner);
    if (owner != owners_.end()) {
        note(owner->second, queue);
    }
}

void QueueTracker::destroyed(std::uint32_t pid, std::uint32_t number) {
    if (Tracked* tracked = owner_of(pid)) {
        forget(*tracked, number);
    }
}

void QueueTracker::listed(const std::vector<Listed>& all) {
    Listing present;
    for (const Listed& entry : all) {
        present.emplace(entry.pid, entry.queue.key.number);
        seen(entry.pid, entry.queue);
    }
    for (auto& [id, tracked] : owners_) {
        for (const std::uint32_t number : absent(tracked, present)) {
            forget(tracked, number);
        }
    }
}

std::vector<std::uint32_t> QueueTracker::absent(const Tracked& tracked, const Listing& present) {
    std::vector<std::uint32_t> numbers;
    for (const auto& [number, queue] : tracked.queues) {
        if (!present.contains({tracked.identity.pid, number})) {
            numbers.push_back(number);  // NOLINT(performance-*): nearly always none.
        }
    }
    return numbers;
}

void QueueTracker::died(OwnerId owner) {
    const auto found = owners_.find(owner);
    if (found == owners_.end()) {
        return;
    }
    if (slots_ != nullptr) {
        slots_->unwatch_all(owner);
    }
    by_pid_.erase(found->second.identity.pid);
    owners_.erase(found);
    listener_.owner_vanished(owner);
}

void QueueTracker::repeat() const {
    for (const auto& [id, tracked] : owners_) {
        listener_.owner_appeared(tracked.owner, tracked.identity.pidfd.get());
        for (const auto& [number, queue] : tracked.queues) {
            listener_.queue_appeared(queue);
        }
    }
}

std::uint32_t QueueTracker::pid_of(OwnerId owner) const {
    const auto found = owners_.find(owner);
    return found == owners_.end() ? 0 : found->second.identity.pid;
}

Incarnation QueueTracker::incarnation_of(OwnerId owner) const {
    const auto found = owners_.find(owner);
    return found == owners_.end() ? Incarnation{}
                                  : Incarnation{.pid = found->second.identity.pid,
                                                .start_ticks = found->second.identity.start_ticks};
}

OwnerId QueueTracker::owner_with(std::uint32_t pid) const {
    const auto known = by_pid_.find(pid);
    return known != by_pid_.end() ? known->second : OwnerId{};
}

std::string QueueTracker::command_of(OwnerId owner) const {
    const auto known = owners_.find(owner);
    return known != owners_.end() ? known->second.owner.command : "";
}

int QueueTracker::pidfd_of(OwnerId owner) const {
    const auto found = owners_.find(owner);
    return found == owners_.end() ? -1 : found->second.identity.pidfd.get();
}

QueueTracker::Tracked* QueueTracker::owner_of(std::uint32_t pid) {
    const auto id = by_pid_.find(pid);
    if (id == by_pid_.end()) {
        return nullptr;
    }
    Tracked& tracked = owners_.at(id->second);
    if (is_alive(tracked.identity.pidfd)) {
        return &tracked;
    }
    // The pid may belong to the next process already.
    died(id->second);
    return nullptr;
}

QueueTracker::Tracked* QueueTracker::adopt(std::uint32_t pid) {
    if (owners_.size() >= max_owners) {
        journal(Severity::warning,
                "process " + std::to_string(pid) + " is not scheduled: " +
                    std::to_string(max_owners) + " owners are known already");
        return nullptr;
    }
    Result<OwnerIdentity> identity = identify_(pid);
    if (!identity) {
        return nullptr;  // It ended between its call and now: nothing is lost.
    }
    const OwnerId id{++last_id_};
    const Owner owner{.id = id,
                      .pid = identity->pid,
                      .uid = identity->uid,
                      .command = identity->command,
                      .started = identity->started};
    Tracked& tracked =
        owners_.emplace(id, Tracked{.identity = std::move(*identity), .owner = owner})
            .first->second;
    by_pid_.insert_or_assign(pid, id);
    listener_.owner_appeared(owner, tracked.identity.pidfd.get());
    return &tracked;
}

void QueueTracker::note(Tracked& tracked, wire::QueueAt queue) {
    queue.key.owner = tracked.owner.id;
    queue.slot = wire::no_slot;
    const auto known = tracked.queues.find(queue.key.number);
    if (known == tracked.queues.end() && tracked.queues.size() >= max_queues_per_owner) {
        return;  // The driver has no more numbers either: the caller lied.
    }
    if (known != tracked.queues.end()) {
        queue = merged(known->second, queue);
        // The number was reused and the destroy was missed: the slot looks at the wrong place.
        if (queue.slot != wire::no_slot && queue.write_address != known->second.write_address) {
            slots_->unwatch(tracked.owner.id, std::exchange(queue.slot, wire::no_slot));
        }
    }
    if (queue.slot == wire::no_slot && queue.write_address != 0 && slots_ != nullptr) {
        queue.slot = slots_->watch(tracked.owner.id,
                                   tracked.identity.pidfd.get(),
                                   tracked.identity.pid,
                                   queue.write_address);
    }
    if (known != tracked.queues.end() && same(known->second, queue)) {
        return;
    }
    tracked.queues.insert_or_assign(queue.key.number, queue);
    listener_.queue_appeared(queue);
}

void QueueTracker::forget(Tracked& tracked, std::uint32_t number) {
    const auto queue = tracked.queues.find(number);
    if (queue == tracked.queues.end()) {
        return;
    }
    const wire::QueueAt gone = queue->second;
    tracked.queues.erase(queue);
    if (gone.slot != wire::no_slot && slots_ != nullptr) {
        slots_->unwatch(tracked.owner.id, gone.slot);
    }
    listener_.queue_vanished(gone.key);
}

}  // namespace penstock
