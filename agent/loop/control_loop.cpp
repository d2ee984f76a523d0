// SPDX-License-Identifier: Apache-2.0

#include "agent/loop/control_loop.h"

namespace penstock {

void ControlLoop::tick(TimePoint now) {
    const Readings readings = parts_.probes.read(now);
    const Snapshot& snapshot = state_.absorb(readings, now);
    const Decision wished = policy_->decide(snapshot);
    const Decision decision = guard_.trim(wished, snapshot);
    const Outcome outcome = parts_.actuator.apply(decision);
    parts_.publisher.publish(snapshot, outcome);
}

}  // namespace penstock
