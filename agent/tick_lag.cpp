// SPDX-License-Identifier: Apache-2.0

#include "agent/tick_lag.h"

#include <algorithm>
#include <vector>

namespace penstock {

LagFigures TickLag::figures() const {
    const std::size_t count = std::min<std::uint64_t>(noted_, rounds);
    if (count == 0) {
        return {};
    }
    std::vector<Duration> sorted(lags_.begin(), lags_.begin() + static_cast<std::ptrdiff_t>(count));
    std::ranges::sort(sorted);
    // The nearest rank: the smallest that so many percent are not above.
    const auto rank = [&](std::size_t percent) {
        return sorted[((count * percent) + 99) / 100 - 1];
    };
    return {.median = rank(50), .p99 = rank(99), .most = sorted.back()};
}

}  // namespace penstock
