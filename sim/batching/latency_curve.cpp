// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/latency_curve.h"

#include <algorithm>
#include <cmath>

namespace penstock::sim {

std::vector<LatencyPoint> latency_curve(const Trace& trace, const Outcome& outcome) {
    std::vector<std::int64_t> latencies;
    latencies.reserve(trace.size());
    for (std::uint32_t number = 0; number < trace.size(); ++number) {
        latencies.push_back(outcome.requests[number].completion_ns - trace.arrivals_ns[number]);
    }
    std::ranges::sort(latencies);
    constexpr int steps = 100;
    std::vector<LatencyPoint> points;
    const auto add = [&](double share) {
        const double rank = std::ceil(share * static_cast<double>(latencies.size()));
        const auto place = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
        points.push_back(
            {.share = share, .latency_ns = latencies[std::min(place, latencies.size() - 1)]});
    };
    for (int step = 1; step < steps; ++step) {
        add(static_cast<double>(step) / steps);
    }
    for (const double share : {0.995, 0.999, 1.0}) {
        add(share);
    }
    return points;
}

}  // namespace penstock::sim
