// SPDX-License-Identifier: Apache-2.0
//
// Mean cost: how long an operation of a device takes on average, from its own durations.
//
// A mean and not a median, because a budget is spent by the sum: one slow operation in ten counts.
// It follows a device whose load changes, forgetting half in about 22 operations. One duration
// counts as at most 16 times the present mean: a single outlier does not double the figure, while
// slowness as frequent as one operation in 16 is still counted in full.

#pragma once

#include <array>
#include <cstddef>

#include "agent/state/steady_cost.h"

namespace penstock {

class MeanCost {
  public:
    // Negative durations are ignored.
    void add(Duration seen);

    // Nothing before the third duration.
    [[nodiscard]] std::optional<Duration> value() const { return settled_.value(); }

  private:
    void begin(Duration seen);

    std::array<Duration, fewest_calls> first_{};
    std::size_t seen_ = 0;  // Of the first ones.
    Duration mean_{};
    SteadyCost settled_{};
};

}  // namespace penstock
