// SPDX-License-Identifier: Apache-2.0
//
// Policy: decides who may use the accelerators, as standing orders.

#pragma once

#include "policies/decision.h"
#include "policies/snapshot.h"

namespace penstock {

// A policy may remember earlier snapshots, but touches nothing outside itself: the same snapshots
// in the same order always give the same decisions, in the agent and in the simulator alike.
class Policy {
  public:
    virtual ~Policy() = default;

    // The decision stays valid until the next call.
    virtual const Decision& decide(const Snapshot& snapshot) = 0;
};

}  // namespace penstock
