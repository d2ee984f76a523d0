// SPDX-License-Identifier: Apache-2.0
//
// Busy snapshot: a machine with many queues on one device, on which nothing is alike.

#pragma once

#include "policies/snapshot.h"

namespace penstock::bench {

// The queues belong to processes with so many each.
[[nodiscard]] Snapshot busy_snapshot(std::uint32_t queues, std::uint32_t queues_each);

}  // namespace penstock::bench
