// SPDX-License-Identifier: Apache-2.0

#include "policies/urgency.h"

#include <algorithm>
#include <limits>

namespace penstock {
namespace {

constexpr TimePoint never = TimePoint::max();

Duration bounded(Duration wished) {
    return std::clamp(wished, Duration{}, RankedOwner::longest_wait);
}

// Since when its wait counts.
TimePoint waits_since(const Seat& seat) {
    return seat.place.late.since_work ? seat.busy_since : seat.unserved_since;
}

bool can_steal(const Seat& seat) {
    const Steal& rule = seat.place.steal;
    return seat.place.deadline > Duration{} && rule.quantum > Duration{} &&
           rule.rank > seat.place.rank;
}

// Whatever was sent: a quantum of nothing would have to be looked at without end.
Steal bounded(Steal rule) {
    rule.quantum = std::clamp(rule.quantum, Duration{1}, RankedOwner::longest_quantum);
    rule.guard = bounded(rule.guard);
    return rule;
}

TimePoint due(const Seat& seat) {
    return seat.busy_since + bounded(seat.place.deadline);
}

bool can_be_late(const Seat& seat) {
    return seat.place.late.after > Duration{} && seat.place.late.rank > seat.place.rank;
}

// Device time that its work takes; 0 when nobody knows.
Duration known_cost(const Seat& seat) {
    const bool learnt = seat.place.learns && seat.place.cost == Duration{};
    return bounded(learnt ? seat.past.usual() : seat.place.cost);
}

// Device time that its present work has had.
Duration had(const Seat& seat) {
    return seat.served - seat.served_before;
}

void settle_lateness(Seat& seat, TimePoint now) {
    const RankedOwner::Late& late = seat.place.late;
    seat.is_late = false;
    if (!can_be_late(seat)) {
        seat.late_until = {};
        return;
    }
    if (seat.late_until != TimePoint{} && now >= seat.late_until) {
        seat.late_until = {};  // It has had its time; a new wait begins.
        seat.unserved_since = now;
    }
    const bool waited = now - waits_since(seat) >= bounded(late.after);
    const bool may_begin = late.since_work || !seat.runs;
    if (seat.late_until != TimePoint{} || (waited && may_begin)) {
        seat.is_late = true;
        seat.rank = late.rank;
    }
}

void settle_stealing(Seat& seat, TimePoint now, std::size_t sharers) {
    if (!can_steal(seat)) {
        return;
    }
    const Steal rule = bounded(seat.place.steal);
    // Also after more service than it was to take it needs some: it is not done.
    seat.steal.look(rule,
                    {.now = now,
                     .due = due(seat),
                     .served = seat.served,
                     .left = std::max(work_left(seat), rule.quantum),
                     .alone = seat.runs && sharers == 1});
    seat.rank = seat.steal.steals() ? std::max(seat.rank, rule.rank) : seat.rank;
}

bool descends(const Seat& seat) {
    return seat.place.descent.allotment > Duration{} && seat.place.descent.levels > 1;
}

void settle_descent(Seat& seat, TimePoint now) {
    if (descends(seat)) {
        seat.descent.look(seat.place.descent, now, seat.served);
        const std::int64_t rank = std::int64_t{seat.rank} - seat.descent.level();
        seat.rank = static_cast<std::int32_t>(
            std::max<std::int64_t>(rank, std::numeric_limits<std::int32_t>::min()));
    }
}

// What can not be: a period of nothing, or more than all of it.
Budget bounded(Budget rule) {
    rule.period = std::max(bounded(rule.period), Duration{1});
    rule.amount = std::min(bounded(rule.amount), rule.period);
    return rule;
}

bool has_budget(const Seat& seat) {
    return seat.place.budget.amount > Duration{};
}

void settle_budget(Seat& seat, TimePoint now) {
    seat.barred = false;
    if (!has_budget(seat)) {
        seat.budget = {};  // What it has from now on is of no later budget.
        return;
    }
    const Budget rule = bounded(seat.place.budget);
    seat.budget.look(rule, now, seat.served);
    if (seat.budget.open()) {
        seat.rank = std::max(seat.rank, rule.rank);
    } else {
        // Who has nothing to run is not stopped from it: it would never count as done.
        seat.barred = rule.hard && !seat.empty_since;
    }
}

std::optional<TimePoint> lateness_changes(const Seat& seat, TimePoint now) {
    if (!can_be_late(seat)) {
        return std::nullopt;
    }
    if (seat.late_until != TimePoint{}) {
        return std::max(seat.late_until, now);
    }
    if (seat.is_late || (seat.runs && !seat.place.late.since_work)) {
        return std::nullopt;
    }
    return std::max(waits_since(seat) + bounded(seat.place.late.after), now);
}

}  // namespace

bool goes_by_service(const RankedOwner& place) {
    return place.learns || place.budget.amount > Duration{} || place.descent.levels > 1;
}

void begin_wait(Seat& seat, TimePoint now) {
    seat.busy_since = now;
    seat.unserved_since = now;
    seat.served_before = seat.served;
    seat.late_until = {};
    seat.steal.begin(now, seat.served);
    seat.descent.begin(now, seat.served);
}

void end_work(Seat& seat, TimePoint now) {
    seat.descent.end(now);
    seat.past.add(seat.served - seat.served_before);
}

void settle_rank(Seat& seat, TimePoint now, std::size_t sharers) {
    seat.rank = seat.place.rank;
    settle_descent(seat, now);
    settle_lateness(seat, now);
    settle_stealing(seat, now, sharers);
    settle_budget(seat, now);
}

void note_turn(Seat& seat, TimePoint now) {
    if (!seat.runs) {
        return;
    }
    const RankedOwner::Late& late = seat.place.late;
    if (!seat.is_late) {
        seat.unserved_since = now;
    } else if (!late.since_work && seat.late_until == TimePoint{}) {
        seat.late_until = now + std::max(bounded(late.lasts), Duration{1});
    }
}

std::optional<TimePoint> rank_changes(const Seat& seat, TimePoint now, std::size_t sharers) {
    std::optional<TimePoint> change = lateness_changes(seat, now);
    if (can_steal(seat)) {
        const TimePoint look = now + seat.steal.next_look(bounded(seat.place.steal), sharers);
        change = std::min(change.value_or(look), look);
    }
    if (descends(seat)) {
        const TimePoint look = now + seat.descent.next_look(seat.place.descent, now, sharers);
        change = std::min(change.value_or(look), look);
    }
    if (has_budget(seat)) {
        const TimePoint look = now + seat.budget.next_look(bounded(seat.place.budget));
        change = std::min(change.value_or(look), look);
    }
    return change;
}

Duration work_left(const Seat& seat) {
    return std::max(known_cost(seat) - had(seat), Duration{});
}

Duration expected_left(const Seat& seat) {
    const Duration cost = known_cost(seat);
    return std::max(cost - had(seat), had(seat) - cost);
}

TimePoint latest_start(const Seat& seat, TimePoint now) {
    if (seat.place.deadline <= Duration{}) {
        return never;
    }
    const TimePoint start = due(seat) - work_left(seat);
    return seat.place.firm && start < now ? never : start;
}

}  // namespace penstock
