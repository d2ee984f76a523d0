// SPDX-License-Identifier: Apache-2.0
//
// Queue holds: which single queues of one device an operator holds, and until when.
//
// A hold begins at once, whatever its owner does, and ends at its time or when the order no longer
// names it. The two kinds of suspension know nothing of each other: a queue stands still while its
// owner is suspended or it is held.

#pragma once

#include <optional>
#include <span>
#include <vector>

#include "policies/action.h"

namespace penstock {

struct QueueHold {
    HeldQueue place{};
    bool named = false;  // By the present order.
    bool suspended = false;
    TimePoint retry_at{};   // End of the pause after a failure.
    unsigned failures = 0;  // Suspends that failed in a row.
};

class QueueHolds {
  public:
    // Those that an order names, and as many that are still to be let go.
    static constexpr std::size_t most_holds = 2 * DeviceOrder::most_held_queues;

    // Replaces the order's list. Queues that it no longer names are let go by the next end().
    void follow(const std::vector<HeldQueue>& places);

    // Nothing is left to resume.
    void gone(OwnerId owner);
    void gone(OwnerId owner, std::uint32_t queue);

    // Adds what is to be suspended (resumed) now, each queue once.
    void begin(TimePoint now, std::vector<Action>& actions);
    void end(TimePoint now, std::vector<Action>& actions);

    void failed(const Action& action, TimePoint now);

    [[nodiscard]] bool suspended(OwnerId owner, std::uint32_t queue) const;

    [[nodiscard]] std::span<const QueueHold> all() const { return holds_; }

    // When begin() or end() has something to add although nothing happened.
    [[nodiscard]] std::optional<TimePoint> next_deadline(TimePoint now) const;

  private:
    [[nodiscard]] QueueHold* find(OwnerId owner, std::uint32_t queue);
    void name(const HeldQueue& place);

    std::vector<QueueHold> holds_;  // At most `most_holds`.
};

}  // namespace penstock
