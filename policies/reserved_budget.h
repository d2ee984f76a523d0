// SPDX-License-Identifier: Apache-2.0
//
// Reserved budget: an owner that declares a deadline and a cost has so much device time reserved in
// every deadline's time, whatever others do; the rest is shared in turns by weight.
//
// Changing turns counts as well, so that the budget is a tenth more than the cost. Where more is
// asked for than there is, everybody's reservation shrinks alike, so that together they are at most
// 95 % of the device. A budget fills evenly; who has spent it takes turns with all others, or,
// where budgets are hard, waits until there is some again, though the device may be idle.

#pragma once

#include <vector>

#include "policies/order_pad.h"
#include "policies/policy.h"

namespace penstock {

class ReservedBudget final : public Policy {
  public:
    struct Settings {
        Duration settle{std::chrono::milliseconds(1)};
        Duration quantum{std::chrono::milliseconds(2)};
        bool hard = false;
    };

    explicit ReservedBudget(Settings settings) : settings_(settings) {}

    const Decision& decide(const Snapshot& snapshot) override;

  private:
    Settings settings_;
    OrderPad pad_;
    std::vector<double> reserved_{};  // Of each order's device; may come to more than all of it.
};

}  // namespace penstock
