// SPDX-License-Identifier: Apache-2.0
//
// Median cost: how long a call into a driver takes, from durations seen from outside.
//
// Beside the device's time they contain waits: for a processor, for the driver's locks. Those only
// ever add, on a busy machine to many calls and a multiple of the call's own time. The median of
// the last calls ignores them as long as fewer than half are hit. Where durations are those of the
// device alone, MeanCost is better.

#pragma once

#include <array>
#include <cstddef>

#include "agent/state/steady_cost.h"

namespace penstock {

class MedianCost {
  public:
    // Negative durations are ignored.
    void add(Duration seen);

    // Nothing before the third duration.
    [[nodiscard]] std::optional<Duration> value() const { return settled_.value(); }

  private:
    std::array<Duration, 127> last_{};  // A ring. Machines are busy for some tenths of a second.
    std::size_t seen_ = 0;              // In all.
    SteadyCost settled_{};
};

}  // namespace penstock
