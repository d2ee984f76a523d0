// SPDX-License-Identifier: Apache-2.0
//
// Neighbours: how much of the processors others used, other programs as well as other guests of the
// hypervisor. What was measured beside them is too small, and nobody can see it from the figures.

#pragma once

#include <memory>
#include <optional>

#include "agent/probes/calibration/steal.h"

namespace penstock::calibration {

// Of all processor time between the two, where `own_ticks` was ours; between 0 and 1.
[[nodiscard]] double share_of_others(const ProcessorTicks& before,
                                     const ProcessorTicks& after,
                                     double own_ticks);

class Neighbours {
  public:
    explicit Neighbours(Machine& machine) : machine_(machine), begun_(now()) {}

    // Since it was made; 0 where /proc/stat can not be read.
    [[nodiscard]] double share() const;

  private:
    struct Mark {
        std::optional<ProcessorTicks> all{};
        double own_ticks = 0;
    };

    [[nodiscard]] Mark now() const;

    Machine& machine_;
    Mark begun_;
};

}  // namespace penstock::calibration
