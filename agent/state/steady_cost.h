// SPDX-License-Identifier: Apache-2.0
//
// Steady cost: a figure that stands still while what it follows changes little. Whoever plans with
// it has to tell others each time it moves.

#pragma once

#include <optional>

#include "base/units.h"

namespace penstock {

class SteadyCost {
  public:
    void follow(Duration cost) {
        constexpr int step = 16;  // Moves by a sixteenth of itself at least.
        if (!value_ || std::chrono::abs(cost - *value_) * step > *value_) {
            value_ = cost;
        }
    }

    [[nodiscard]] std::optional<Duration> value() const { return value_; }

  private:
    std::optional<Duration> value_{};
};

// A device hangs after so long; it also keeps arithmetic finite.
inline constexpr Duration longest_call = std::chrono::seconds(10);

// Before so many calls were seen there is no telling which of them is an outlier.
inline constexpr std::size_t fewest_calls = 3;

}  // namespace penstock
