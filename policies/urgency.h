// SPDX-License-Identifier: Apache-2.0
//
// Urgency: what waiting does to an owner's place: its deadline comes nearer, and it may be late.

#pragma once

#include <optional>

#include "policies/seat_table.h"

namespace penstock {

// The owner has work from now on, and has had no service of it yet.
void begin_wait(Seat& seat, TimePoint now);

// Seat::rank as it is now: that of its place, or the one for who has waited too long.
void settle_lateness(Seat& seat, TimePoint now);

// Whether it runs has been decided: a wait ends or begins.
void note_turn(Seat& seat, TimePoint now);

// When its rank changes, though nothing happens.
[[nodiscard]] std::optional<TimePoint> lateness_changes(const Seat& seat, TimePoint now);

// By when it would have to run to be done in time; the end of time without a deadline, or where it
// is firm and can not be kept any more.
[[nodiscard]] TimePoint latest_start(const Seat& seat, TimePoint now);

}  // namespace penstock
