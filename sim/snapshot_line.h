// SPDX-License-Identifier: Apache-2.0
//
// Snapshot as a line of JSON: as the agent's streams and penstockctl tail --json have it.

#pragma once

#include <string>

#include "policies/snapshot.h"

namespace penstock::sim {

// With its end. `time` is in seconds since 1970, UTC. Processes are not told: a recording has none.
[[nodiscard]] std::string snapshot_line(const Snapshot& snapshot, double time);

}  // namespace penstock::sim
