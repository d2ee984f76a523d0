// SPDX-License-Identifier: Apache-2.0
//
// Guard: trims a decision to what is always safe, whatever the policy wished.
//
// It bounds how long an owner may stay suspended and for how long it must then run, takes owners
// that have no rung for it out of reach, and empties every order while preemption is disabled.

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
        // An operator's hold is meant, but not for ever: the agent must be asked again.
        Duration longest_hold{std::chrono::seconds(60)};
    };

    explicit Guard(Limits limits) : limits_(limits) {}

    [[nodiscard]] Decision trim(Decision wished, const Snapshot& snapshot) const;

  private:
    void trim_order(DeviceOrder& order, const Snapshot& snapshot) const;

    Limits limits_;
};

}  // namespace penstock
