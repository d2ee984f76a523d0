// SPDX-License-Identifier: Apache-2.0
//
// Feedback queue: owners that have been served little of late run before those that have had much
// (multi-level feedback, MLFQ), so that short work is done soon though nobody declares what it
// costs.
//
// There are eight levels. On the first, an owner may be served for a quantum before it falls to the
// next, where turns and allotments are twice as long. All rise again every second. On each level
// owners take turns by weight; priorities play no part.

#pragma once

#include "policies/order_pad.h"
#include "policies/policy.h"

namespace penstock {

class FeedbackQueue final : public Policy {
  public:
    struct Settings {
        Duration settle{std::chrono::milliseconds(1)};
        Duration quantum{std::chrono::milliseconds(2)};
        Duration rise{std::chrono::seconds(1)};
        std::uint8_t levels = 8;
    };

    explicit FeedbackQueue(Settings settings) : settings_(settings) {}

    const Decision& decide(const Snapshot& snapshot) override;

  private:
    Settings settings_;
    OrderPad pad_;
};

}  // namespace penstock
