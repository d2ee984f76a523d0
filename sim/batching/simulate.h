// SPDX-License-Identifier: Apache-2.0
//
// Simulate: serves a trace of requests with the devices and the policy of a configuration, in
// virtual time. Of what happens at one time, ends of batches come first, then a new scale, then
// arrivals, then starts, each in the order of their numbers: docs/batching.md has the rules.

#pragma once

#include "base/result.h"
#include "sim/batching/batch_watch.h"
#include "sim/batching/batching_config.h"
#include "sim/batching/outcome.h"
#include "sim/batching/scale_course.h"

namespace penstock::sim {

// The configuration has been fitted to the trace. Fails when it would last for too long.
[[nodiscard]] Result<Outcome> simulate(const BatchingConfig& config,
                                       const Trace& trace,
                                       const RunAudience& audience = {},
                                       const ScaleCourse& scales = {});

}  // namespace penstock::sim
