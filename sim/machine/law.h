// SPDX-License-Identifier: Apache-2.0
//
// Laws: random lengths of kernels, and random times of arrival.

#pragma once

#include "sim/machine/chance.h"
#include "sim/machine/scenario.h"

namespace penstock::sim {

// At least a nanosecond.
[[nodiscard]] Duration draw(const Law& law, Chance& chance);

// The times at which requests of one job arrive, one after the other. Not for closed ones.
class ArrivalTimes {
  public:
    ArrivalTimes(const Arrivals& arrivals, Chance chance, TimePoint start);

    // The end of time when there are no more.
    TimePoint next();

  private:
    Duration gap();
    TimePoint next_within_on_times();

    const Arrivals& arrivals_;
    Chance chance_;
    TimePoint at_;  // The latest one; of periodic ones without their jitter.
    TimePoint on_until_;
    std::size_t listed_ = 0;  // Of listed ones, the next; at_ stays the start.
};

}  // namespace penstock::sim
