// SPDX-License-Identifier: Apache-2.0
//
// Tick lag: how long after the time that it was due for each round of the loop began, of the last
// rounds. It says whether something keeps the agent from its work.

#pragma once

#include <array>
#include <cstdint>

#include "agent/loop/ports.h"
#include "base/units.h"

namespace penstock {

class TickLag {
  public:
    static constexpr std::size_t rounds = 1024;

    void note(Duration lag) {
        lags_[noted_ % rounds] = lag;
        ++noted_;
    }

    [[nodiscard]] LagFigures figures() const;

  private:
    std::array<Duration, rounds> lags_{};
    std::uint64_t noted_ = 0;
};

}  // namespace penstock
