// SPDX-License-Identifier: Apache-2.0

#include "policies/queue_holds.h"

#include <algorithm>

#include "policies/retry_pause.h"

namespace penstock {
namespace {

bool wanted(const QueueHold& hold, TimePoint now) {
    return hold.named && hold.place.until > now;
}

bool is_of(const QueueHold& hold, OwnerId owner, std::uint32_t queue) {
    return hold.place.owner == owner && hold.place.queue == queue;
}

std::optional<TimePoint> deadline_of(const QueueHold& hold, TimePoint now) {
    if (hold.suspended) {
        return wanted(hold, now) ? hold.place.until : std::max(now, hold.retry_at);
    }
    if (!wanted(hold, now)) {
        return std::nullopt;
    }
    return std::min(std::max(now, hold.retry_at), hold.place.until);
}

}  // namespace

void QueueHolds::follow(const std::vector<HeldQueue>& places) {
    for (QueueHold& hold : holds_) {
        hold.named = false;
    }
    for (const HeldQueue& place : places) {
        name(place);
    }
    std::erase_if(holds_, [](const QueueHold& hold) { return !hold.named && !hold.suspended; });
}

void QueueHolds::name(const HeldQueue& place) {
    QueueHold* hold = find(place.owner, place.queue);
    if (hold == nullptr) {
        if (holds_.size() < most_holds) {
            holds_.push_back({.place = place, .named = true});
        }
        return;
    }
    if (hold->place != place) {
        // What failed under one order deserves a fresh try under another.
        hold->failures = 0;
        hold->retry_at = {};
    }
    hold->place = place;
    hold->named = true;
}

void QueueHolds::gone(OwnerId owner) {
    std::erase_if(holds_, [&](const QueueHold& hold) { return hold.place.owner == owner; });
}

void QueueHolds::gone(OwnerId owner, std::uint32_t queue) {
    std::erase_if(holds_, [&](const QueueHold& hold) { return is_of(hold, owner, queue); });
}

void QueueHolds::begin(TimePoint now, std::vector<Action>& actions) {
    for (QueueHold& hold : holds_) {
        if (wanted(hold, now) && !hold.suspended && now >= hold.retry_at) {
            hold.suspended = true;
            hold.retry_at = {};
            actions.push_back({.owner = hold.place.owner,
                               .verb = Verb::suspend,
                               .reason = Reason::operator_request,
                               .queue = hold.place.queue});
        } else if (wanted(hold, now) && hold.suspended) {
            hold.failures = 0;  // Nobody has reported that it was not carried out.
        }
    }
}

void QueueHolds::end(TimePoint now, std::vector<Action>& actions) {
    for (QueueHold& hold : holds_) {
        if (hold.suspended && !wanted(hold, now)) {
            hold.suspended = false;
            hold.retry_at = {};
            actions.push_back(
                {.owner = hold.place.owner,
                 .verb = Verb::resume,
                 .reason = hold.named ? Reason::operator_request : Reason::order_changed,
                 .queue = hold.place.queue});
        }
    }
}

void QueueHolds::failed(const Action& action, TimePoint now) {
    QueueHold* hold = find(action.owner, action.queue);
    if (hold == nullptr) {
        return;
    }
    switch (action.verb) {
        case Verb::suspend:
            hold->suspended = false;
            ++hold->failures;
            hold->retry_at = now + suspend_pause(hold->failures);
            return;
        case Verb::resume:
            hold->suspended = true;
            hold->retry_at = now + resume_pause;
            return;
    }
}

bool QueueHolds::suspended(OwnerId owner, std::uint32_t queue) const {
    return std::ranges::any_of(
        holds_, [&](const QueueHold& hold) { return hold.suspended && is_of(hold, owner, queue); });
}

std::optional<TimePoint> QueueHolds::next_deadline(TimePoint now) const {
    std::optional<TimePoint> earliest;
    for (const QueueHold& hold : holds_) {
        const std::optional<TimePoint> deadline = deadline_of(hold, now);
        if (deadline && (!earliest || *deadline < *earliest)) {
            earliest = deadline;
        }
    }
    return earliest;
}

QueueHold* QueueHolds::find(OwnerId owner, std::uint32_t queue) {
    const auto found = std::ranges::find_if(
        holds_, [&](const QueueHold& hold) { return is_of(hold, owner, queue); });
    return found != holds_.end() ? &*found : nullptr;
}

}  // namespace penstock
