// SPDX-License-Identifier: Apache-2.0
//
// Urgency: what waiting does to an owner's place: its deadline comes nearer, and it may be late.

#pragma once

#include <optional>

#include "policies/seat_table.h"

namespace penstock {

// Whether what becomes of its rank depends on what it has had: then it matters when it is done,
// also where nobody waits for that.
[[nodiscard]] bool goes_by_service(const RankedOwner& place);

// The owner has work from now on, and has had no service of it yet.
void begin_wait(Seat& seat, TimePoint now);

// It has done its work.
void end_work(Seat& seat, TimePoint now);

// Seat::rank as it is now: that of its place, or the one for who has waited too long, or steals.
// Until now, `sharers` ran at once.
void settle_rank(Seat& seat, TimePoint now, std::size_t sharers);

// Whether it runs has been decided: a wait ends or begins.
void note_turn(Seat& seat, TimePoint now);

// When its rank may change, though nothing happens, where `sharers` run from now on.
[[nodiscard]] std::optional<TimePoint> rank_changes(const Seat& seat,
                                                    TimePoint now,
                                                    std::size_t sharers);

// Device time that its work still needs, as far as anybody knows: 0 when nobody does.
[[nodiscard]] Duration work_left(const Seat& seat);

// The same, where somebody has to have an opinion: what has had more than its cost will need as
// much again as it is beyond it.
[[nodiscard]] Duration expected_left(const Seat& seat);

// By when it would have to run to be done in time; the end of time without a deadline, or where it
// is firm and can not be kept any more.
[[nodiscard]] TimePoint latest_start(const Seat& seat, TimePoint now);

}  // namespace penstock
