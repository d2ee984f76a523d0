// SPDX-License-Identifier: Apache-2.0
//
// Snapshot as JSON: one line as penstockctl tail --json prints it, which is what its schema says
// (client/ctl/tail.schema.json).

#pragma once

#include <nlohmann/json_fwd.hpp>

#include "policies/snapshot.h"

namespace penstock::sim {

// `time` is in seconds since 1970, UTC. Processes are not told: a recording has none.
[[nodiscard]] nlohmann::json snapshot_json(const Snapshot& snapshot, double time);

}  // namespace penstock::sim
