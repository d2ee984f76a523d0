// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/percentile.h"

#include <algorithm>
#include <cmath>

namespace penstock::workload {

std::optional<Duration> percentile(std::vector<Duration> values, double part) {
    if (values.empty()) {
        return std::nullopt;
    }
    const auto rank = static_cast<std::size_t>(
        std::ceil(std::clamp(part, 0.0, 1.0) * static_cast<double>(values.size())));
    const auto nth =
        values.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
    std::ranges::nth_element(values, nth);
    return *nth;
}

}  // namespace penstock::workload
