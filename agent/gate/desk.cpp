// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/desk.h"

#include <algorithm>
#include <cerrno>

namespace penstock::gate {
namespace {

// One round finds what the CPU submitted while we were in ioctl(2). An owner that submits as fast
// as we look is met again at the next event.
constexpr int most_rounds = 4;

// Errors after which the driver will not obey us again: the process or the device is gone, or the
// process ended its runtime or became another program.
bool is_final(int error) {
    return error == ESRCH || error == EPERM || error == EINVAL || error == ENOTCONN ||
           error == ECONNABORTED || error == ENODEV || error == EBADF;
}

// What somebody else's move can lead to.
bool is_for_another(Reason reason) {
    return reason == Reason::higher_rank_has_work || reason == Reason::turn_of_another;
}

bool may_pass(int error) {
    return error == EBUSY || error == EINTR || error == EAGAIN || error == ENOMEM;
}

}  // namespace

void Desk::use_moves(PointerMoves* moves, Duration patrol_period) {
    moves_ = moves;
    patrol_period_ = patrol_period;
}

void Desk::follow(const DeviceOrder& order, TimePoint now) {
    executor_.follow(within_limits(order, now), now);
    for (const RankedOwner& place : order.owners) {
        if (Session* session = roster_.find(place.owner)) {
            session->pull(gpu_, place.levers);
        }
    }
}

// The order that is followed instead of the one that was sent.
DeviceOrder Desk::within_limits(DeviceOrder order, TimePoint now) const {
    order.longest_suspension =
        std::clamp(order.longest_suspension, Duration{}, longest_suspension_ever);
    for (RankedOwner& place : order.owners) {
        // From the start of the suspension, so that a stream of orders can not draw it out.
        const Session* session = roster_.find(place.owner);
        const auto since = session != nullptr ? session->suspended_since(gpu_) : std::nullopt;
        place.held_until = std::min(place.held_until, since.value_or(now) + longest_hold_ever);
    }
    for (HeldQueue& held : order.held_queues) {
        const Session* session = roster_.find(held.owner);
        const auto since = session != nullptr ? session->held_since(held.queue) : std::nullopt;
        held.until = std::min(held.until, since.value_or(now) + longest_hold_ever);
    }
    return order;
}

void Desk::moved(const Trigger& trigger) {
    if (executor_.wants_moves(trigger.cause) && !trigger_) {
        trigger_ = trigger;
    }
    executor_.has_work(trigger.cause, trigger.woken);
    touched_ = true;
}

void Desk::act(TimePoint now) {
    for (int round = 0; round < most_rounds; ++round) {
        const std::span<const Action> actions = executor_.act(now);
        due_.assign(actions.begin(), actions.end());
        for (const Action& action : due_) {
            carry_out(action, now);
        }
        trigger_.reset();
        touched_ = false;
        if (!attend_idle_owners(now)) {
            return;
        }
    }
}

void Desk::carry_out(const Action& action, TimePoint now) {
    Session* session = roster_.find(action.owner);
    wire::Acted acted{.owner = action.owner,
                      .gpu = gpu_,
                      .verb = action.verb,
                      .reason = action.reason,
                      .queue = action.queue};
    const Call call = session != nullptr ? perform(*session, action) : Call{.error = ESRCH};
    acted.error = call.error;
    acted.queues = call.reached;
    acted.entered_ns = to_ns(call.entered);
    acted.done_ns = to_ns(call.done);
    if (trigger_ && is_for_another(action.reason)) {
        acted.cause = trigger_->cause;
        acted.written = trigger_->written;
        acted.seen_ns = to_ns(trigger_->seen);
        acted.woken_ns = to_ns(trigger_->woken);
    }
    ports_.outbox.report(acted);
    if (call.error != 0) {
        note_failure(action, call.error, now);
    }
}

void Desk::catch_up(Session& session, TimePoint now) {
    const OwnerId owner = session.owner();
    if (executor_.suspended(owner)) {
        repeat(session, {.owner = owner, .verb = Verb::suspend}, now);
    }
    for (const QueueHold& hold : executor_.holds()) {
        const std::uint32_t queue = hold.place.queue;
        if (hold.suspended && hold.place.owner == owner && !session.held_since(queue)) {
            repeat(session, {.owner = owner, .verb = Verb::suspend, .queue = queue}, now);
        }
    }
}

// Success is no news: what the action is about counts as suspended already.
void Desk::repeat(Session& session, const Action& action, TimePoint now) {
    if (const Call call = perform(session, action); call.error != 0) {
        note_failure(action, call.error, now);
        ports_.outbox.report(wire::Acted{.owner = action.owner,
                                         .gpu = gpu_,
                                         .verb = Verb::resume,
                                         .reason = Reason::order_changed,
                                         .queue = action.queue,
                                         .entered_ns = to_ns(call.entered),
                                         .done_ns = to_ns(call.done)});
    }
}

Call Desk::perform(Session& session, const Action& action) {
    const bool whole = action.queue == every_queue;
    switch (action.verb) {
        case Verb::suspend:
            return whole ? suspend(session) : hold(session, action.queue);
        case Verb::resume:
            return whole ? session.resume(gpu_)
                         : session.let_go(gpu_, action.queue, executor_.suspended(action.owner));
    }
    return {.error = EINVAL};
}

Call Desk::hold(Session& session, std::uint32_t queue) {
    Call call = session.hold(gpu_, queue);
    if (call.error == 0 && call.unknown > 0) {
        // As with all of them; but here somebody asked for this one.
        roster_.refresh(session);
        call = session.hold(gpu_, queue);
        call.error = call.unknown > 0 ? ENOENT : call.error;
    }
    if (call.error != 0) {
        // What the hardware refused is suspended in the driver's books.
        const Call undone = session.let_go(gpu_, queue, executor_.suspended(session.owner()));
        if (undone.error != 0) {
            lose(session.owner(), undone.error);
        }
    }
    return call;
}

Call Desk::suspend(Session& session) {
    Call call = session.suspend(gpu_);
    if (call.error == 0 && call.unknown > 0) {
        // New queues can be suspended once they were in a snapshot; destroyed ones leave the table.
        roster_.refresh(session);
        const Call second = session.suspend(gpu_);
        call.reached += second.reached;
        call.error = second.error;
        call.done = second.done;
    }
    // All or nothing: one stream of a program may wait for another.
    if (call.error != 0) {
        if (const Call undone = session.resume(gpu_); undone.error != 0) {
            // Nobody would try again. Letting the owner go resumes it in the driver.
            lose(session.owner(), undone.error);
        }
    }
    return call;
}

void Desk::note_failure(const Action& action, int error, TimePoint now) {
    switch (action.verb) {
        case Verb::suspend:
            executor_.failed(action, now);
            if (is_final(error)) {
                lose(action.owner, error);
            }
            return;
        case Verb::resume:
            if (may_pass(error)) {
                executor_.failed(action, now);
                return;
            }
            // Letting the owner go resumes it in the driver, whatever the device says now.
            lose(action.owner, error);
            return;
    }
}

// Once per owner: after the first loss it may stand on another rung.
void Desk::lose(OwnerId owner, int error) {
    if (std::ranges::find(losses_, owner, &Loss::owner) == losses_.end()) {
        losses_.push_back({.owner = owner, .error = error});
    }
}

std::optional<TimePoint> Desk::next_deadline() const {
    std::optional<TimePoint> next = executor_.next_deadline();
    const auto at_latest = [&](TimePoint when) { next = std::min(next.value_or(when), when); };
    if (touched_) {
        at_latest(last_look_);  // act() gave up before it had seen everything.
    }
    if (needs_sampling_) {
        at_latest(last_look_ + sampling_period);
    }
    if (needs_patrol_) {
        at_latest(last_look_ + patrol_period_);
    }
    return next;
}

}  // namespace penstock::gate
