// SPDX-License-Identifier: Apache-2.0
//
// Harvest: production never pays, and others take what it leaves.
//
// Owners of the classes latency and normal are production: as by fixed priority among themselves.
// Those of batch and idle run only while no production has work; idle ones only when no batch has,
// either. A longer settle time keeps them from starting into the gaps between two pieces of
// production's work, where they would be in the way of the next.

#pragma once

#include "policies/order_pad.h"
#include "policies/policy.h"

namespace penstock {

class Harvest final : public Policy {
  public:
    struct Settings {
        Duration settle{std::chrono::milliseconds(2)};
    };

    explicit Harvest(Settings settings) : settings_(settings) {}

    const Decision& decide(const Snapshot& snapshot) override;

  private:
    Settings settings_;
    OrderPad pad_;
};

}  // namespace penstock
