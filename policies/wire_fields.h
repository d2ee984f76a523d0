// SPDX-License-Identifier: Apache-2.0
//
// Wire fields: which fields of each message travel, and in which order. Whoever changes a list here
// raises wire::version.

#pragma once

#include <concepts>
#include <type_traits>

#include "policies/gate_wire.h"

namespace penstock::wire {

// Writing sees the message const, reading does not; one list serves both.
template <typename T, typename Message>
concept Is = std::same_as<std::remove_const_t<T>, Message>;

void fields(auto& stream, Is<GpuId> auto& id) {
    stream(id.value);
}

void fields(auto& stream, Is<OwnerId> auto& id) {
    stream(id.value);
}

void fields(auto& stream, Is<QueueKey> auto& key) {
    stream(key.owner, key.gpu, key.number);
}

void fields(auto& stream, Is<UnitRange> auto& units) {
    stream(units.first, units.count);
    stream.require(units.first <= UnitRange::most && units.count <= UnitRange::most,
                   "a device has no such compute units");
}

void fields(auto& stream, Is<Levers> auto& levers) {
    stream(levers.queue_priority, levers.units);
    stream.require(levers.queue_priority <= Levers::highest_priority ||
                       levers.queue_priority == Levers::own_priority,
                   "a queue priority is neither 0 to 15 nor 255");
}

constexpr bool is_wait(Duration duration) {
    return duration >= Duration{} && duration <= RankedOwner::longest_wait;
}

void fields(auto& stream, Is<RankedOwner::Late> auto& late) {
    stream(late.after, late.rank, late.since_work, late.lasts);
    stream.require(is_wait(late.after) && is_wait(late.lasts),
                   "a time of waiting is not within 0 to 1 hour");
}

constexpr bool is_quantum(Duration duration) {
    return duration >= Duration{} && duration <= RankedOwner::longest_quantum;
}

void fields(auto& stream, Is<Steal> auto& steal) {
    stream(steal.rank, steal.quantum, steal.guard);
    stream.require(is_quantum(steal.quantum), "a stolen quantum is not within 0 to 1 second");
    stream.require(is_wait(steal.guard), "a guard time is not within 0 to 1 hour");
}

void fields(auto& stream, Is<Descent> auto& descent) {
    stream(descent.allotment, descent.levels, descent.rise);
    stream.require(is_quantum(descent.allotment), "an allotment is not within 0 to 1 second");
    stream.require(descent.levels >= 1 && descent.levels <= Descent::most_levels,
                   "the levels are not within 1 to 16");
    stream.require(is_wait(descent.rise), "a time to rise is not within 0 to 1 hour");
}

void fields(auto& stream, Is<Budget> auto& budget) {
    stream(budget.amount, budget.period, budget.rank, budget.hard);
    stream.require(is_wait(budget.period), "the period of a budget is not within 0 to 1 hour");
    stream.require(budget.amount >= Duration{} && budget.amount <= budget.period,
                   "a budget is not within 0 to its period");
}

void fields(auto& stream, Is<RankedOwner> auto& place) {
    stream(place.owner, place.rank, place.preemptible, place.held_until, place.levers);
    stream(place.costs_device_time, place.share, place.quantum);
    stream(place.deadline, place.cost, place.learns, place.firm, place.late, place.steal);
    stream(place.descent, place.budget);
    stream.require(place.share >= 1 && place.share <= RankedOwner::most_share,
                   "a share is not within 1 to 10000");
    stream.require(is_quantum(place.quantum), "a quantum is not within 0 to 1 second");
    stream.require(is_wait(place.deadline) && is_wait(place.cost),
                   "a deadline or a cost is not within 0 to 1 hour");
}

void fields(auto& stream, Is<HeldQueue> auto& held) {
    stream(held.owner, held.queue, held.until);
    stream.require(held.queue != every_queue, "a held queue has no number");
}

void fields(auto& stream, Is<DeviceOrder> auto& order) {
    stream(order.gpu, order.runners, order.precedence, order.domain);
    stream(order.settle, order.longest_suspension, order.run_window);
    stream(order.suspension_interval, order.suspension_burst, order.owners, order.held_queues);
    stream.require(order.suspension_interval >= Duration{} &&
                       order.suspension_interval <= DeviceOrder::longest_suspension_interval,
                   "a suspension interval is not within 0 to 60 seconds");
    stream.require(
        order.suspension_burst >= 1 && order.suspension_burst <= DeviceOrder::most_suspension_burst,
        "a suspension burst is not within 1 to 1024");
    stream.require(order.held_queues.size() <= DeviceOrder::most_held_queues,
                   "more than 64 queues of a device are held");
}

void fields(auto& stream, Is<Hello> auto& m) {
    stream(m.version, m.sampling_period_ns, m.ring_bytes, m.slot_count);
}

void fields(auto& stream, Is<Adopt> auto& m) {
    stream(m.owner, m.pid, m.may_evict);
}

void fields(auto& stream, Is<Cooperate> auto& m) {
    stream(m.owner, m.abilities);
}

void fields(auto& stream, Is<QueueAt> auto& m) {
    stream(m.key, m.type, m.ring_address, m.write_address, m.read_address, m.ring_bytes, m.slot);
}

void fields(auto& stream, Is<AddQueue> auto& m) {
    stream(m.queue);
}

void fields(auto& stream, Is<RemoveQueue> auto& m) {
    stream(m.key);
}

void fields(auto& stream, Is<Release> auto& m) {
    stream(m.owner);
}

void fields(auto& stream, Is<Order> auto& m) {
    stream(m.order, m.first, m.goes_on);
    stream.require(m.first <= most_places && m.order.owners.size() <= most_places - m.first,
                   "an order names more than 4096 owners");
}

void fields(auto& stream, Is<ResumeAll> auto& m) {
    stream(m.serial);
}

void fields(auto& stream, Is<TakeSamples> auto& m) {
    stream(m.serial);
}

void fields(auto& stream, Is<Ping> auto& m) {
    stream(m.serial);
}

void fields(auto& stream, Is<Ready> auto& m) {
    stream(m.version, m.kfd_major, m.kfd_minor, m.trouble);
}

void fields(auto& stream, Is<Adopted> auto& m) {
    stream(m.owner, m.level, m.reason, m.program);
}

void fields(auto& stream, Is<FoundQueue> auto& m) {
    stream(m.queue);
}

void fields(auto& stream, Is<Acted> auto& m) {
    stream(m.owner, m.gpu, m.verb, m.reason, m.error, m.queue, m.queues);
    stream(m.cause, m.written, m.seen_ns, m.woken_ns, m.entered_ns, m.done_ns);
}

void fields(auto& stream, Is<SampledQueue> auto& m) {
    stream(m.key, m.known, m.written, m.read);
}

void fields(auto& stream, Is<Sampled> auto& m) {
    stream(m.serial, m.queues);
}

void fields(auto& stream, Is<AllResumed> auto& m) {
    stream(m.serial, m.queues);
}

void fields(auto& stream, Is<Pong> auto& m) {
    stream(m.serial);
}

void fields(auto& stream, Is<Said> auto& m) {
    stream(m.severity, m.line);
}

}  // namespace penstock::wire
