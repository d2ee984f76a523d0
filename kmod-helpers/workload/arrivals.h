// SPDX-License-Identifier: Apache-2.0
//
// Arrivals: when the requests of an open loop arrive, whatever became of the ones before.
//
// Arrival times are drawn in advance of any completion: a slow device makes requests wait and the
// waiting counts, so that a stalled system can not hide by being asked less.

#pragma once

#include <cstdint>
#include <random>

#include "base/units.h"

namespace penstock::workload {

enum class ArrivalPattern : std::uint8_t { poisson, periodic };

class Arrivals {
  public:
    struct Settings {
        ArrivalPattern pattern = ArrivalPattern::poisson;
        Duration mean_gap{std::chrono::milliseconds(10)};
        std::uint64_t seed = 1;
    };

    Arrivals(Settings settings, TimePoint start)
        : settings_(settings), random_(settings.seed), last_(start) {}

    // Never before the one returned last; the same seed gives the same times.
    TimePoint next();

  private:
    Duration gap();

    Settings settings_;
    std::mt19937_64 random_;
    TimePoint last_;
};

// The mean gap at which requests of `busy` device time each take the part `load` of the device.
[[nodiscard]] Duration mean_gap(Duration busy, double load);

}  // namespace penstock::workload
