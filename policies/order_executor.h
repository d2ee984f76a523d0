// SPDX-License-Identifier: Apache-2.0
//
// OrderExecutor: carries out the standing order of one device, event by event.
//
// The gate runs one per device and the simulator runs the same; both only feed it time and
// occupancy. It is the whole fast path between "a write pointer moved" and "suspend": no system
// call, and no allocation once the owners are known.
//
// An owner is busy from the moment its pointer moves until its queues have been empty for the
// order's settle time. Busy owners whose turn it is not (turns.h) are suspended. An owner that has
// been suspended for the longest time allowed runs for one run window before it may be suspended
// again. While the order's bound on suspensions is used up, whoever should be suspended runs on.
// Queues that an operator holds one by one stay suspended beside all that (queue_holds.h).

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "policies/queue_holds.h"
#include "policies/seat_table.h"
#include "policies/suspension_budget.h"
#include "policies/turns.h"

namespace penstock {

class OrderExecutor {
  public:
    // Replaces the standing order. Owners that are no longer named are resumed by the next act().
    void follow(const DeviceOrder& order, TimePoint now);

    // The owner's write pointer moved: it has work now.
    void has_work(OwnerId owner, TimePoint now);

    // Seen at `now`: everything the owner wrote has been consumed. Repeated sightings are expected;
    // the settle time counts from the first one without work in between.
    void drained(OwnerId owner, TimePoint now);

    // The process is dead: nothing is left to resume.
    void gone(OwnerId owner);

    // The queue is destroyed: its number may come to mean another one.
    void gone(OwnerId owner, std::uint32_t queue) { holds_.gone(owner, queue); }

    // What has to be done now, each action once: the caller carries it out or reports failed().
    // Resumes come after suspends when both are due, so that a change of rank never lets two run.
    // What resumes an owner leaves its held queues as they are; when a queue's hold ends while its
    // owner is suspended, the queue stays suspended and is resumed with the others.
    // The view stays valid until the next call of act() or follow().
    [[nodiscard]] std::span<const Action> act(TimePoint now);

    // The action was not carried out. A failed suspend is tried again after a pause that grows; a
    // failed resume is tried again at the next act().
    void failed(const Action& action, TimePoint now);

    // When act() has to be called even if nothing happens; nothing when only events matter.
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

    // Whether the caller must look at the owner's queues from time to time: it is busy and somebody
    // has to yield to it, or it goes by how long it is, or it is counting down its settle time, or
    // is suspended and has the service that it still gets counted. As of the last act().
    [[nodiscard]] bool wants_sampling(OwnerId owner) const;

    // Whether a move of the owner's pointer would be news: it is not busy, or about to end it.
    [[nodiscard]] bool wants_moves(OwnerId owner) const;

    [[nodiscard]] bool suspended(OwnerId owner) const;

    // Whether the queue is suspended by itself. What waits in it is no work: nobody may have to
    // yield to a queue that can not run.
    [[nodiscard]] bool holds(OwnerId owner, std::uint32_t queue) const {
        return holds_.suspended(owner, queue);
    }

    // Those that the order names, and those that are still to be let go.
    [[nodiscard]] std::span<const QueueHold> holds() const { return holds_.all(); }

    [[nodiscard]] bool anyone_suspended() const;

    // As the order has it (neighbours.h).
    [[nodiscard]] std::uint32_t domain() const { return domain_; }

    // The highest rank that has work here; as of the last act(), or what changed it.
    [[nodiscard]] std::optional<std::int32_t> top_rank() const { return turns_.top_rank(); }

    // The highest rank that has work on a neighbour. True when it was another before: then act()
    // has something to do.
    bool hear(std::optional<std::int32_t> neighbours_top) { return turns_.hear(neighbours_top); }

  private:
    void advance(TimePoint now);
    void settle_empty_owners();
    void take_turns();
    void suspend(Seat& seat, Reason reason);
    void resume(Seat& seat, Reason reason);
    void begin_holds();

    // Questions, answered in order_questions.cpp.
    [[nodiscard]] bool held(const Seat& seat) const;
    [[nodiscard]] std::optional<Reason> why_suspend(const Seat& seat) const;
    [[nodiscard]] std::optional<Reason> why_resume(const Seat& seat) const;
    [[nodiscard]] TimePoint may_suspend_from(const Seat& seat) const;
    [[nodiscard]] std::optional<TimePoint> deadline_of(const Seat& seat) const;

    // The order's durations, bounded: whoever sent it, adding one to a time can not overflow.
    Duration settle_ = DeviceOrder{}.settle;
    Duration longest_suspension_ = DeviceOrder{}.longest_suspension;
    Duration run_window_ = DeviceOrder{}.run_window;

    std::uint32_t domain_ = 0;

    TimePoint now_{};  // The latest time that any call brought: it never runs backwards.
    SuspensionBudget budget_;
    SeatTable seats_;
    QueueHolds holds_;
    Turns turns_;
    std::vector<Action> actions_;
};

}  // namespace penstock
