// SPDX-License-Identifier: Apache-2.0

#include "policies/order_executor.h"

#include <algorithm>

#include "policies/retry_pause.h"
#include "policies/urgency.h"

namespace penstock {
namespace {

// Far beyond what the guard lets through: it keeps times finite, not processes safe.
constexpr Duration longest_duration = std::chrono::seconds(60);

Duration bounded(Duration wished) {
    return std::clamp(wished, Duration{}, longest_duration);
}

}  // namespace

void OrderExecutor::follow(const DeviceOrder& order, TimePoint now) {
    advance(now);
    settle_ = bounded(order.settle);
    longest_suspension_ = bounded(order.longest_suspension);
    run_window_ = bounded(order.run_window);
    domain_ = order.domain;
    budget_.set(order.suspension_interval, order.suspension_burst, now_);
    turns_.charge(seats_, now_);  // By the shares that held until now.
    seats_.name(order.owners);
    holds_.follow(order.held_queues);
    actions_.clear();
    actions_.reserve(seats_.size() + holds_.all().size());  // So that act() does not allocate.
    turns_.follow(order);
    turns_.reserve(seats_.size());
    take_turns();
    for (Seat& seat : seats_) {
        seat.spared_by_order = seat.suspended && !why_suspend(seat);
    }
}

void OrderExecutor::has_work(OwnerId owner, TimePoint now) {
    advance(now);
    // An owner that is not remembered is not known to be busy: its next move is news again.
    if (Seat* seat = seats_.find_or_remember(owner)) {
        if (!seat->busy) {
            turns_.charge(seats_, now_);
            turns_.join(*seat, now_);
        }
        seat->busy = true;
        seat->empty_since.reset();
    }
}

void OrderExecutor::drained(OwnerId owner, TimePoint now) {
    advance(now);
    Seat* seat = seats_.find(owner);
    if (seat == nullptr || !seat->busy) {
        return;
    }
    // A suspended owner stays as busy as it was, whatever becomes of what it had launched.
    std::optional<TimePoint>& since = seat->suspended ? seat->drained_at : seat->empty_since;
    if (!since && (!seat->suspended || seat->drains)) {
        since = now_;
    }
}

void OrderExecutor::gone(OwnerId owner) {
    seats_.remove(owner);
    holds_.gone(owner);
    take_turns();
}

std::span<const Action> OrderExecutor::act(TimePoint now) {
    advance(now);
    // Now, not after the last act(): in between the caller could still report a failed resume.
    seats_.forget_unneeded(now_);
    settle_empty_owners();
    take_turns();
    actions_.clear();
    begin_holds();
    for (Seat& seat : seats_) {
        const std::optional<Reason> reason = why_suspend(seat);
        if (reason && seat.suspended) {
            seat.suspended_for = *reason;
            seat.spared_by_order = false;
            seat.failures = 0;  // Nobody has reported that it was not carried out.
        } else if (reason && now_ >= may_suspend_from(seat)) {
            suspend(seat, *reason);
        }
    }
    for (Seat& seat : seats_) {
        if (const std::optional<Reason> reason = why_resume(seat)) {
            resume(seat, *reason);
        }
    }
    holds_.end(now_, actions_);
    return actions_;
}

// A queue that is suspended with its owner already costs nothing more.
void OrderExecutor::begin_holds() {
    holds_.begin(now_, actions_);
    for (const Action& action : actions_) {
        if (!suspended(action.owner)) {
            budget_.spend(now_);
        }
    }
}

void OrderExecutor::suspend(Seat& seat, Reason reason) {
    seat.suspended = true;
    seat.suspended_since = now_;
    seat.suspended_for = reason;
    seat.empty_since.reset();
    seat.retry_at = {};
    seat.drains = !seat.place.costs_device_time && turns_.count_service();
    seat.drained_at.reset();
    if (seat.place.costs_device_time) {
        budget_.spend(now_);  // Not given back if it fails: the device has paid.
    }
    actions_.push_back({.owner = seat.place.owner, .verb = Verb::suspend, .reason = reason});
}

void OrderExecutor::resume(Seat& seat, Reason reason) {
    seat.suspended = false;
    seat.drains = false;
    seat.retry_at = {};
    if (reason == Reason::longest_suspension) {
        seat.window_end = now_ + run_window_;
    }
    actions_.push_back({.owner = seat.place.owner, .verb = Verb::resume, .reason = reason});
}

void OrderExecutor::failed(const Action& action, TimePoint now) {
    advance(now);
    if (action.queue != every_queue) {
        holds_.failed(action, now_);
        return;
    }
    Seat* seat = seats_.find(action.owner);
    if (seat == nullptr) {
        return;
    }
    switch (action.verb) {
        case Verb::suspend:
            seat->suspended = false;
            seat->drains = false;
            ++seat->failures;
            seat->retry_at = now_ + suspend_pause(seat->failures);
            return;
        case Verb::resume:
            seat->suspended = true;
            seat->retry_at = now_ + resume_pause;
            return;
    }
}

// The gate's events carry stamps older than the clock it reads afterwards.
void OrderExecutor::advance(TimePoint now) {
    now_ = std::max(now_, now);
}

void OrderExecutor::settle_empty_owners() {
    turns_.charge(seats_, now_);
    for (Seat& seat : seats_) {
        if (seat.empty_since && now_ - *seat.empty_since >= settle_) {
            seat.busy = false;
            end_work(seat, now_);
            seat.empty_since.reset();
        }
        if (seat.drains && seat.drained_at && now_ - *seat.drained_at >= settle_) {
            seat.drains = false;
        }
    }
}

void OrderExecutor::take_turns() {
    turns_.choose(seats_, now_);
}

}  // namespace penstock
