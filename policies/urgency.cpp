// SPDX-License-Identifier: Apache-2.0

#include "policies/urgency.h"

#include <algorithm>

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

bool can_be_late(const Seat& seat) {
    return seat.place.late.after > Duration{} && seat.place.late.rank > seat.place.rank;
}

}  // namespace

void begin_wait(Seat& seat, TimePoint now) {
    seat.busy_since = now;
    seat.unserved_since = now;
    seat.served_before = seat.served;
    seat.late_until = {};
}

void settle_lateness(Seat& seat, TimePoint now) {
    const RankedOwner::Late& late = seat.place.late;
    seat.rank = seat.place.rank;
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
        seat.rank = late.rank;
    }
}

void note_turn(Seat& seat, TimePoint now) {
    if (!seat.runs) {
        return;
    }
    const RankedOwner::Late& late = seat.place.late;
    const bool is_late = seat.rank != seat.place.rank;
    if (!is_late) {
        seat.unserved_since = now;
    } else if (!late.since_work && seat.late_until == TimePoint{}) {
        seat.late_until = now + std::max(bounded(late.lasts), Duration{1});
    }
}

std::optional<TimePoint> lateness_changes(const Seat& seat, TimePoint now) {
    if (!can_be_late(seat)) {
        return std::nullopt;
    }
    if (seat.late_until != TimePoint{}) {
        return std::max(seat.late_until, now);
    }
    const bool is_late = seat.rank != seat.place.rank;
    if (is_late || (seat.runs && !seat.place.late.since_work)) {
        return std::nullopt;
    }
    return std::max(waits_since(seat) + bounded(seat.place.late.after), now);
}

TimePoint latest_start(const Seat& seat, TimePoint now) {
    if (seat.place.deadline <= Duration{}) {
        return never;
    }
    const Duration had = seat.served - seat.served_before;
    const Duration left = std::max(bounded(seat.place.cost) - had, Duration{});
    const TimePoint start = seat.busy_since + bounded(seat.place.deadline) - left;
    return seat.place.firm && start < now ? never : start;
}

}  // namespace penstock
