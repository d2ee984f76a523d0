// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/spread.h"

#include <algorithm>

#include "sim/batching/outcome.h"

namespace penstock::sim {
namespace {

constexpr std::uint64_t whole = 100;

// Those before `from` are not above any that follow: lower percentiles have been taken already.
std::int64_t percentile(std::vector<std::int64_t>& all, std::uint64_t percent, std::size_t& from) {
    const std::size_t rank = (((percent * all.size()) + whole - 1) / whole) - 1;
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(from);
    const auto wanted = all.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(begin, wanted, all.end());
    from = rank;
    return *wanted;
}

}  // namespace

Spread spread_of(std::vector<std::int64_t>& durations) {
    if (durations.empty()) {
        return {};
    }
    WideSum sum = 0;
    for (const std::int64_t each : durations) {
        sum += each;
    }
    std::size_t from = 0;
    Spread spread{.mean_ns = static_cast<double>(sum) / static_cast<double>(durations.size())};
    spread.p50_ns = percentile(durations, 50, from);
    spread.p90_ns = percentile(durations, 90, from);
    spread.p95_ns = percentile(durations, 95, from);
    spread.p99_ns = percentile(durations, 99, from);
    spread.most_ns = percentile(durations, whole, from);
    return spread;
}

}  // namespace penstock::sim
