// SPDX-License-Identifier: Apache-2.0
//
// SeatTable: what the executor of one device's orders remembers of each owner.
//
// Everybody whom the standing order names has a seat. Of others it is remembered that they have
// work, so that a later order knows it; their number is bounded.

#pragma once

#include <optional>
#include <vector>

#include "policies/budget_watch.h"
#include "policies/decision.h"
#include "policies/descent_watch.h"
#include "policies/past_work.h"
#include "policies/steal_watch.h"

namespace penstock {

struct Seat {
    RankedOwner place{};
    bool named = false;  // By the present order.
    bool busy = false;
    bool suspended = false;
    bool runs = false;  // It is its turn: it yields to nobody.
    // Suspended, and what it had launched before still runs: its rung only holds launches.
    bool drains = false;
    std::optional<TimePoint> drained_at{};  // All of that has begun.
    bool spared_by_order = false;  // Suspended, and the latest order no longer asks for it.
    Reason suspended_for = Reason::release;  // Why it still is.
    TimePoint suspended_since{};
    std::optional<TimePoint> empty_since{};  // Only while busy and not suspended.
    TimePoint window_end{};                  // Its run window lasts until then.
    TimePoint retry_at{};                    // End of the pause after a failure.
    unsigned failures = 0;                   // Suspends that failed in a row.
    std::int32_t rank = 0;                   // Its place's, or the one for who is late.
    TimePoint turn_began{};                  // Meaningful only while it runs.
    TimePoint busy_since{};                  // The next four are meaningful only while busy.
    TimePoint unserved_since{};              // It has had no turn since.
    Duration served_before{};                // What it had been served when it got work.
    bool is_late = false;                    // It has the rank for who is late.
    TimePoint late_until{};                  // It runs with the rank for who is late until then.
    Duration served{};                       // Device time that it has had.
    Duration weighted_service{};             // The same for its share, as Turns counts it.
    PastWork past{};
    StealWatch steal{};
    DescentWatch descent{};
    BudgetWatch budget{};
    bool barred = false;   // Its budget is spent, and hard.
    Duration turn_left{};  // What its work still needed when its turn began.
};

class SeatTable {
  public:
    static constexpr std::size_t most_unnamed = 1024;

    // Gives a seat to everybody named here and takes the name from everybody else.
    void name(const std::vector<RankedOwner>& places);

    // Nothing when the owner has no seat. Valid until a seat is added or removed.
    [[nodiscard]] Seat* find(OwnerId owner);
    [[nodiscard]] const Seat* find(OwnerId owner) const;

    // The owner's seat, made if it has none; nothing when there are too many unnamed ones.
    [[nodiscard]] Seat* find_or_remember(OwnerId owner);

    void remove(OwnerId owner);

    // Drops unnamed owners of whom nothing is left to be known.
    void forget_unneeded(TimePoint now);

    [[nodiscard]] auto begin() { return seats_.begin(); }

    [[nodiscard]] auto end() { return seats_.end(); }

    [[nodiscard]] auto begin() const { return seats_.begin(); }

    [[nodiscard]] auto end() const { return seats_.end(); }

    [[nodiscard]] std::size_t size() const { return seats_.size(); }

  private:
    [[nodiscard]] std::size_t position(OwnerId owner) const;
    void name(const RankedOwner& place);

    std::vector<Seat> seats_;  // Sorted by owner.
    std::size_t unnamed_ = 0;
};

}  // namespace penstock
