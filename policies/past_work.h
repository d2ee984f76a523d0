// SPDX-License-Identifier: Apache-2.0
//
// Past work: the device time that an owner's latest pieces of work took, and what the next one may.

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/units.h"

namespace penstock {

class PastWork {
  public:
    static constexpr std::size_t most = 16;

    void add(Duration service) {
        pieces_.at(count_++ % most) = service;
        usual_ = *std::ranges::max_element(pieces_);
    }

    // The 95th percentile, by nearest rank: of so few, the longest. 0 while there is none.
    [[nodiscard]] Duration usual() const { return usual_; }

  private:
    std::array<Duration, most> pieces_{};
    std::size_t count_ = 0;
    Duration usual_{};  // Asked for at each choice, and changed once a piece.
};

}  // namespace penstock
