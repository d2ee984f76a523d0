// SPDX-License-Identifier: Apache-2.0
//
// Shortest first: among owners of the same priority, the one runs whose work needs the least device
// time from now on (shortest remaining processing time), so that work is done soonest on average.
//
// What work costs is what its owner declares, or what its past work took. An owner of whom nothing
// is known counts by what it has had, as one that needs as much again. Whoever has waited for
// `aging` has a turn, so that a stream of short work keeps nobody waiting for ever.

#pragma once

#include "policies/order_pad.h"
#include "policies/policy.h"

namespace penstock {

class ShortestFirst final : public Policy {
  public:
    struct Settings {
        Duration settle{std::chrono::milliseconds(1)};
        Duration quantum{std::chrono::milliseconds(5)};
        Duration aging{std::chrono::milliseconds(500)};  // 0: none.
        std::uint32_t runners = 1;
    };

    explicit ShortestFirst(Settings settings) : settings_(settings) {}

    const Decision& decide(const Snapshot& snapshot) override;

  private:
    Settings settings_;
    OrderPad pad_;
};

}  // namespace penstock
