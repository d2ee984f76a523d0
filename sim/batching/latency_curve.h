// SPDX-License-Identifier: Apache-2.0
//
// Latency curve: how long so many of a run's requests took at most, as points to be drawn.

#pragma once

#include <cstdint>
#include <vector>

#include "sim/batching/outcome.h"
#include "sim/batching/request_trace.h"

namespace penstock::sim {

struct LatencyPoint {
    double share = 0;  // Of the requests, above 0.
    std::int64_t latency_ns = 0;
};

// By ascending share, up to all of them; each latency occurred, by nearest rank.
[[nodiscard]] std::vector<LatencyPoint> latency_curve(const Trace& trace, const Outcome& outcome);

}  // namespace penstock::sim
