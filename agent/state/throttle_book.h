// SPDX-License-Identifier: Apache-2.0
//
// Throttle book: the throttle level of each memory node, from what is measured of it.
//
// Only what hardware counted makes a level, or, where nothing counts, the pressure, which there is
// only where calibration has shown that it can tell. The peak may be configured, calibrated, or
// follow from the memory clock; the last is one that no traffic reaches, so that levels come late
// with it, and never too early.

#pragma once

#include <vector>

#include "base/result.h"
#include "policies/snapshot.h"
#include "policies/throttle_watch.h"

namespace penstock {

class ThrottleBook {
  public:
    // At every tick. The nodes are sorted by number, and stay once they were there.
    void absorb(std::vector<MemoryNode>& nodes, TimePoint now);

  private:
    struct Watched {
        std::uint32_t node = 0;
        ThrottleWatch watch{};
    };

    std::vector<Watched> watches_;  // Sorted by node.
};

// What a level may follow from; nothing where it is unknown or guessed.
[[nodiscard]] std::optional<NodeUse> use_of(const MemoryNode& node);

// Where the first level of the node begins. Fails where there is no such node, or for a target out
// of range.
[[nodiscard]] Result<> aim(std::vector<MemoryNode>& nodes, std::uint32_t node, double target);

}  // namespace penstock
