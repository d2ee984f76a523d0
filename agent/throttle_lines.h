// SPDX-License-Identifier: Apache-2.0
//
// Throttle lines: what the journal says of throttle levels; at most one line in a second for each
// memory node, with what has become of it by then.

#pragma once

#include <vector>

#include "policies/snapshot.h"

namespace penstock {

class ThrottleLines {
  public:
    static constexpr Duration apart{std::chrono::seconds(1)};

    // After every round.
    void note(const Snapshot& seen);

  private:
    struct Told {
        std::uint32_t node = 0;
        ThrottleLevel level = ThrottleLevel::none;
        TimePoint when{};
    };

    void tell(const MemoryNode& node, Told& told);

    std::vector<Told> told_;  // In the order of the nodes, which stay once they were there.
};

}  // namespace penstock
