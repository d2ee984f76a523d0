// SPDX-License-Identifier: Apache-2.0
//
// Patience: an owner with a deadline yields like everybody else of its priority, until half of its
// deadline has passed; from then on it comes before all who have none.
//
// It knows nothing of how long the work takes (XSched's LAX, whose laxity is the patience here).

#pragma once

#include "policies/order_pad.h"
#include "policies/policy.h"

namespace penstock {

class Patience final : public Policy {
  public:
    struct Settings {
        Duration settle{std::chrono::milliseconds(1)};
        double patience = 0.5;       // Of the deadline.
        std::int32_t critical = 20;  // The priority from then on.
    };

    explicit Patience(Settings settings) : settings_(settings) {}

    const Decision& decide(const Snapshot& snapshot) override;

  private:
    Settings settings_;
    OrderPad pad_;
};

}  // namespace penstock
