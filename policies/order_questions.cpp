// SPDX-License-Identifier: Apache-2.0
//
// What OrderExecutor answers without changing: who has to be suspended, why, and until when.

#include <algorithm>

#include "policies/order_executor.h"
#include "policies/urgency.h"

namespace penstock {

bool OrderExecutor::held(const Seat& seat) const {
    return seat.named && seat.place.preemptible && seat.place.held_until > now_;
}

// Why the order wants this owner suspended at this moment, apart from run windows, pauses and the
// bound on suspensions.
std::optional<Reason> OrderExecutor::why_suspend(const Seat& seat) const {
    if (!seat.named || !seat.place.preemptible) {
        return std::nullopt;
    }
    if (held(seat)) {
        return Reason::operator_request;
    }
    if (!seat.busy || seat.runs || longest_suspension_ == Duration{}) {
        return std::nullopt;
    }
    if (seat.barred) {
        return Reason::budget_spent;
    }
    const bool outranked = turns_.outranks(seat.rank);
    return outranked ? Reason::higher_rank_has_work : Reason::turn_of_another;
}

std::optional<Reason> OrderExecutor::why_resume(const Seat& seat) const {
    if (!seat.suspended) {
        return std::nullopt;
    }
    if (!seat.named) {
        return Reason::order_changed;
    }
    if (why_suspend(seat)) {
        const bool too_long = now_ - seat.suspended_since >= longest_suspension_;
        return too_long && !held(seat) ? std::optional(Reason::longest_suspension) : std::nullopt;
    }
    if (seat.suspended_for == Reason::operator_request) {
        return Reason::operator_request;
    }
    if (seat.spared_by_order) {
        return Reason::order_changed;
    }
    const bool waited =
        seat.suspended_for == Reason::turn_of_another || seat.suspended_for == Reason::budget_spent;
    return waited ? seat.suspended_for : Reason::higher_rank_drained;
}

TimePoint OrderExecutor::may_suspend_from(const Seat& seat) const {
    // An operator's hold waits for no run window and no budget: it was asked for by name.
    if (held(seat)) {
        return seat.retry_at;
    }
    const TimePoint earliest = std::max(seat.retry_at, seat.window_end);
    return seat.place.costs_device_time ? std::max(earliest, budget_.next()) : earliest;
}

std::optional<TimePoint> OrderExecutor::next_deadline() const {
    std::optional<TimePoint> earliest = holds_.next_deadline(now_);
    if (const auto end = turns_.next_change(); end && (!earliest || *end < *earliest)) {
        earliest = std::max(*end, now_);
    }
    for (const Seat& seat : seats_) {
        const std::optional<TimePoint> deadline = deadline_of(seat);
        if (deadline && (!earliest || *deadline < *earliest)) {
            earliest = deadline;
        }
    }
    return earliest;
}

// The next time at which act() would find this owner's case changed, though nothing happened.
std::optional<TimePoint> OrderExecutor::deadline_of(const Seat& seat) const {
    const std::optional<Reason> wanted = why_suspend(seat);
    if (seat.suspended && !wanted) {
        return std::max(now_, seat.retry_at);
    }
    if (held(seat)) {
        const TimePoint retry = std::max(now_, may_suspend_from(seat));
        return seat.suspended ? seat.place.held_until : std::min(retry, seat.place.held_until);
    }
    if (seat.suspended) {
        const TimePoint longest = seat.suspended_since + longest_suspension_;
        const bool counts = seat.drains && seat.drained_at;
        return std::max(counts ? std::min(longest, *seat.drained_at + settle_) : longest,
                        seat.retry_at);
    }
    std::optional<TimePoint> deadline;
    if (wanted) {
        deadline = may_suspend_from(seat);
    }
    if (seat.empty_since) {
        const TimePoint settled = *seat.empty_since + settle_;
        deadline = std::min(deadline.value_or(settled), settled);
    }
    return deadline;
}

bool OrderExecutor::wants_sampling(OwnerId owner) const {
    const Seat* seat = seats_.find(owner);
    if (seat == nullptr || !seat->busy) {
        return false;
    }
    if (seat->suspended) {
        return seat->drains && !seat->drained_at;
    }
    const bool matters = turns_.anyone_waits() || domain_ != 0 || goes_by_service(seat->place);
    // Who runs without its turn takes a part of the service, too, until it is seen to be done.
    return seat->empty_since || (seat->runs ? matters : turns_.count_service());
}

bool OrderExecutor::wants_moves(OwnerId owner) const {
    const Seat* seat = seats_.find(owner);
    return seat == nullptr || !seat->busy || seat->empty_since;
}

bool OrderExecutor::suspended(OwnerId owner) const {
    const Seat* seat = seats_.find(owner);
    return seat != nullptr && seat->suspended;
}

bool OrderExecutor::anyone_suspended() const {
    return std::ranges::any_of(seats_, &Seat::suspended) ||
           std::ranges::any_of(holds_.all(), &QueueHold::suspended);
}

}  // namespace penstock
