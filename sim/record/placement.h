// SPDX-License-Identifier: Apache-2.0
//
// Placement: what a standing order means for each owner that has work on its device, as far as the
// order and the pointers sampled last tell it. When exactly somebody is suspended is the gate's to
// say, who sees pointers move.

#pragma once

#include <cstdint>
#include <functional>

#include "policies/decision.h"
#include "policies/snapshot.h"

namespace penstock::sim {

enum class Place : std::uint8_t {
    runs,    // First, or nobody may suspend it.
    turns,   // More owners of its rank have work than may run: it gets its turns.
    yields,  // Held, or a higher rank has work.
};

// Packets wait in one of its queues there. What is not known counts as none.
[[nodiscard]] bool has_work(const Snapshot& seen, OwnerId owner, GpuId gpu);

// Calls visit() for each owner of the order that has work.
void each_place(const Snapshot& seen,
                const DeviceOrder& order,
                const std::function<void(OwnerId owner, Place place)>& visit);

}  // namespace penstock::sim
