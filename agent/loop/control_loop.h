// SPDX-License-Identifier: Apache-2.0
//
// The control loop: the one place where the parts of the agent meet.

#pragma once

#include <memory>

#include "agent/loop/ports.h"
#include "agent/state/machine_state.h"
#include "policies/guard.h"
#include "policies/policy.h"

namespace penstock {

class ControlLoop {
  public:
    struct Parts {
        Probes& probes;
        Actuator& actuator;
        Publisher& publisher;
        Witness* witness = nullptr;
    };

    ControlLoop(Parts parts, std::unique_ptr<Policy> policy, Guard::Limits limits)
        : parts_(parts), policy_(std::move(policy)), guard_(limits) {}

    // One round: read, absorb, decide, guard, apply, publish. In a dry run nothing is applied,
    // which lets everybody run.
    void tick(TimePoint now);

    MachineState& state() { return state_; }

    // Of the last tick, as the guard trimmed it.
    [[nodiscard]] const Decision& decision() const { return decision_; }

    // These two take effect with the next tick.
    void limit(Guard::Limits limits) { guard_ = Guard(limits); }

    void follow(std::unique_ptr<Policy> policy) { policy_ = std::move(policy); }

    // What would be wrong with what this policy decides now. It is not followed, and remembers the
    // attempt.
    [[nodiscard]] std::optional<PolicyFault> try_out(Policy& policy) const;

  private:
    // The decision, or one that lets everybody run; and what is wrong with it.
    static std::optional<PolicyFault> decide(Policy& policy,
                                             const Snapshot& snapshot,
                                             Decision& decision);

    Parts parts_;
    std::unique_ptr<Policy> policy_;
    MachineState state_;
    Guard guard_;
    Decision decision_;       // Kept for its memory: a tick allocates nothing.
    const Decision nothing_;  // What a dry run carries out.
};

}  // namespace penstock
