// SPDX-License-Identifier: Apache-2.0
//
// Traffic: what follows from a memory node's counters for the quantities that none of them counts.

#pragma once

#include "policies/snapshot.h"

namespace penstock {

// Summed over the node's channels, per second: clocks of the memory bus, and slots of half a clock
// in which it moved bytes. Unknown where no such counter is.
struct BusClocks {
    Sample<double> clocks{};
    Sample<double> slots{};
};

// Fills what is unknown of the node and can be derived:
//   total        read + written
//   devices      gpu + io, or total - cpu: what processors did not ask for
//   peak         clocks * 16 bytes: a channel of 64 bits moves 8 bytes twice a clock
//   utilization  slots / 2 / clocks, which needs no peak; otherwise total / peak
void derive_traffic(MemoryNode& node, const BusClocks& clocks);

}  // namespace penstock
