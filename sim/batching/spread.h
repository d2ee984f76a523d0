// SPDX-License-Identifier: Apache-2.0
//
// Spread: mean and exact percentiles, by nearest rank, of a set of durations.

#pragma once

#include <cstdint>
#include <vector>

namespace penstock::sim {

struct Spread {
    double mean_ns = 0;
    std::int64_t p50_ns = 0;
    std::int64_t p90_ns = 0;
    std::int64_t p95_ns = 0;
    std::int64_t p99_ns = 0;
    std::int64_t most_ns = 0;
};

// Zeros when there are none. What comes in is put into another order.
[[nodiscard]] Spread spread_of(std::vector<std::int64_t>& durations);

}  // namespace penstock::sim
