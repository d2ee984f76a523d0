// SPDX-License-Identifier: Apache-2.0
//
// Throttle watch: when a memory node's throttle level begins and ends.
//
// The level follows the utilization, smoothed over 50 ms: it begins at the target, 0.05 and 0.10
// above it (0.85, 0.90 and 0.95 as usual), and ends 0.05 below where it began. It rises with the
// sample that lifts the smoothed value over the threshold, where that sample and the one before it
// are above it themselves, by as many levels as all three ask for; it falls after ten samples, by
// one. Each level lasts 50 ms at least. So a load that hovers at a threshold does not make clients
// change their minds with every sample, a slip of a counter is no load, and what is above the
// threshold for good is answered with the first sample that shows it. What is not measured any more
// asks for nothing: the level fades.

#pragma once

#include <optional>

#include "policies/throttle.h"

namespace penstock {

// As a share of what the node could move at most.
struct NodeUse {
    double share = 0;
    TimePoint taken{};
    Confidence confidence = Confidence::counter;
};

class ThrottleWatch {
  public:
    static constexpr Duration smoothing{std::chrono::milliseconds(50)};
    static constexpr Duration oldest_sample{std::chrono::milliseconds(100)};
    static constexpr Duration shortest_level{std::chrono::milliseconds(50)};
    static constexpr int samples_to_fall = 10;
    static constexpr double level_step = 0.05;  // From one level to the next.
    static constexpr double hysteresis = 0.05;  // From where a level begins to where it ends.

    // Of the batch scale: it shrinks by a factor while there is a level, and grows by steps
    // without.
    static constexpr double shrink = 0.7;
    static constexpr double growth = 0.05;
    static constexpr Duration shrinks_every{std::chrono::milliseconds(50)};
    static constexpr Duration grows_every{std::chrono::milliseconds(100)};

    // At every tick; nothing where the use is unknown. Writes all of `shown` but the target, which
    // it goes by.
    void look(const std::optional<NodeUse>& use, TimePoint now, Throttle& shown);

  private:
    void take(const NodeUse& use, TimePoint now, Throttle& shown);
    void weigh(double share, TimePoint now, Throttle& shown);
    void fade(TimePoint now, Throttle& shown);
    void change(ThrottleLevel level, ThrottleCause cause, TimePoint now, Throttle& shown);
    void scale(TimePoint now, Throttle& shown);

    TimePoint taken_{};                     // Of the newest sample.
    std::optional<double> share_before_{};  // Of the sample before, as it was measured.
    int low_samples_ = 0;                   // In a row that ask for less.
    TimePoint scaled_{};
};

}  // namespace penstock
