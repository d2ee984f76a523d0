// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/memory_bound.h"

#include <algorithm>
#include <cmath>

namespace penstock::batching {

std::uint32_t MemoryBound::bound() const {
    if (count_ == 0) {
        return bounds_.most;
    }
    const auto n = static_cast<double>(count_);
    const double mu = static_cast<double>(sum_) / n;
    // Exact, and converted once: in floating point the difference would be lost.
    const Wide spread = (squares_ * count_) - (static_cast<Wide>(sum_) * sum_);
    const double sigma = std::sqrt(static_cast<double>(spread) / (n * n));
    const double st = sigma * theta_;
    const auto eta = static_cast<double>(capacity_);
    const double root = (std::sqrt((st * st) + ((4.0 * mu) * eta)) - st) / (2.0 * mu);
    const double wished = (root * root) + 1e-9;
    const double bounded =
        std::clamp(wished, static_cast<double>(bounds_.least), static_cast<double>(bounds_.most));
    return static_cast<std::uint32_t>(bounded);
}

}  // namespace penstock::batching
