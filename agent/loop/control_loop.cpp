// SPDX-License-Identifier: Apache-2.0

#include "agent/loop/control_loop.h"

#include <exception>
#include <utility>

namespace penstock {

void ControlLoop::tick(TimePoint now) {
    const Readings& readings = parts_.probes.read(now);
    const Snapshot& snapshot = state_.absorb(readings, now);
    std::optional<PolicyFault> fault = decide(*policy_, snapshot, decision_);
    decision_ = guard_.trim(std::move(decision_), snapshot);
    if (parts_.witness != nullptr) {
        parts_.witness->witness(snapshot, decision_);
    }
    Outcome outcome = parts_.actuator.apply(snapshot.dry_run ? nothing_ : decision_);
    outcome.fault = std::move(fault);
    parts_.publisher.publish(snapshot, outcome);
}

// An exception must not end the agent: that would leave nobody to say which policy threw it.
std::optional<PolicyFault> ControlLoop::decide(Policy& policy,
                                               const Snapshot& snapshot,
                                               Decision& decision) {
    try {
        decision = policy.decide(snapshot);
    } catch (const std::exception& failure) {
        decision = {};
        return PolicyFault{.kind = FaultKind::failed, .why = failure.what()};
    }
    return fault_in(decision, snapshot);
}

std::optional<PolicyFault> ControlLoop::try_out(Policy& policy) const {
    Decision decision;
    return decide(policy, state_.snapshot(), decision);
}

}  // namespace penstock
