// SPDX-License-Identifier: Apache-2.0
//
// Guard: trims a decision to what is always safe, whatever the policy wished.
//
// It bounds how long an owner may stay suspended and for how long it must then run, and how often
// owners are suspended, so that scheduling costs a device no more than a set share of its time. It
// takes owners that have no rung for it, or are exempt, out of reach, and empties every order while
// preemption is disabled.

#pragma once

#include "policies/decision.h"
#include "policies/snapshot.h"

namespace penstock {

class Guard {
  public:
    struct Limits {
        Duration longest_suspension{std::chrono::milliseconds(200)};
        Duration shortest_run_window{std::chrono::milliseconds(20)};
        Duration longest_settle{std::chrono::milliseconds(100)};
        Duration shortest_quantum{std::chrono::milliseconds(1)};
        // An operator's hold is meant, but not for ever: the agent must be asked again.
        Duration longest_hold{std::chrono::seconds(60)};
        double device_time_share = 0.02;  // For suspending and resuming.
    };

    explicit Guard(Limits limits) : limits_(limits) {}

    [[nodiscard]] Decision trim(Decision wished, const Snapshot& snapshot) const;

  private:
    void trim_order(DeviceOrder& order, const Snapshot& snapshot) const;
    void trim_held_queues(DeviceOrder& order, const Snapshot& snapshot) const;
    void bound_suspensions(DeviceOrder& order, const Device& device) const;
    void trim_place(RankedOwner& place, const Owner& owner, TimePoint now) const;

    Limits limits_;
};

}  // namespace penstock
