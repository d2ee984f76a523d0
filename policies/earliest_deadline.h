// SPDX-License-Identifier: Apache-2.0
//
// Earliest deadline: on each device, the owners whose deadlines come first run, so many at once
// (EDF for one, K-EDF for more). A deadline counts from when the owner gets work; who has none runs
// after all who have.
//
// Firm deadlines that can no longer be kept count for nothing, so that one job that is lost does
// not take the next one with it; it takes to know what the work costs. Priorities play no part.

#pragma once

#include "policies/order_pad.h"
#include "policies/policy.h"

namespace penstock {

class EarliestDeadline final : public Policy {
  public:
    struct Settings {
        Duration settle{std::chrono::milliseconds(1)};
        std::uint32_t runners = 1;
        bool firm = false;
        bool by_laxity = false;  // The latest start counts instead: the deadline less what is left.
        Duration quantum{std::chrono::milliseconds(5)};  // Before equal claims are weighed anew.
    };

    explicit EarliestDeadline(Settings settings) : settings_(settings) {}

    const Decision& decide(const Snapshot& snapshot) override;

  private:
    Settings settings_;
    OrderPad pad_;
};

}  // namespace penstock
