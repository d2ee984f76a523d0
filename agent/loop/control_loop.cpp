// SPDX-License-Identifier: Apache-2.0

#include "agent/loop/control_loop.h"

#include <utility>

namespace penstock {

void ControlLoop::tick(TimePoint now) {
    const Readings& readings = parts_.probes.read(now);
    const Snapshot& snapshot = state_.absorb(readings, now);
    decision_ = policy_->decide(snapshot);
    decision_ = guard_.trim(std::move(decision_), snapshot);
    if (parts_.witness != nullptr) {
        parts_.witness->witness(snapshot, decision_);
    }
    const Outcome outcome = parts_.actuator.apply(snapshot.dry_run ? nothing_ : decision_);
    parts_.publisher.publish(snapshot, outcome);
}

}  // namespace penstock
