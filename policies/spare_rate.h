// SPDX-License-Identifier: Apache-2.0
//
// Spare rate: what is left of a memory node's traffic for whoever has been granted nothing.

#pragma once

#include <algorithm>
#include <optional>

#include "policies/snapshot.h"

namespace penstock {

// Of the peak: more than that is never reached by everybody together.
inline constexpr double usable_share = 0.95;

// Of what is usable: so much is there for everybody, however busy the node is.
inline constexpr double floor_share = 0.05;

// Nothing while traffic or peak is unknown.
[[nodiscard]] inline std::optional<BytesPerSecond> spare_rate(const MemoryNode& node) {
    if (!node.total.value || !node.peak.value) {
        return std::nullopt;
    }
    const double usable = usable_share * static_cast<double>(node.peak.value->value);
    const double left = usable - static_cast<double>(node.total.value->value);
    return BytesPerSecond{static_cast<std::uint64_t>(std::max(left, floor_share * usable))};
}

}  // namespace penstock
