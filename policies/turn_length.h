// SPDX-License-Identifier: Apache-2.0
//
// Turn length: how long turns have to be for changing them to cost no more than a hundredth.

#pragma once

#include <optional>

#include "policies/snapshot.h"

namespace penstock {

// At least `wished`. A change of turns is a suspend and a resume; what they cost is as measured, or
// nothing while that is unknown.
[[nodiscard]] Duration turn_length(Duration wished, const Device* device);

// The same by device. Devices are asked for in groups, and each is looked up once for its group.
class TurnLengths {
  public:
    TurnLengths(Duration wished, const Snapshot& snapshot)
        : wished_(wished), snapshot_(&snapshot) {}

    [[nodiscard]] Duration on(GpuId gpu);

  private:
    Duration wished_;
    const Snapshot* snapshot_;
    std::optional<GpuId> gpu_{};
    Duration length_{};  // On that device.
};

}  // namespace penstock
