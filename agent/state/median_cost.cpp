// SPDX-License-Identifier: Apache-2.0

#include "agent/state/median_cost.h"

#include <algorithm>
#include <span>

namespace penstock {

void MedianCost::add(Duration seen) {
    if (seen < Duration{}) {
        return;
    }
    last_.at(seen_ % last_.size()) = std::min(seen, longest_call);
    ++seen_;
    if (seen_ < fewest_calls) {
        return;
    }
    auto copy = last_;
    const std::span<Duration> known = std::span(copy).first(std::min(seen_, copy.size()));
    const auto middle = known.begin() + std::ssize(known) / 2;
    std::ranges::nth_element(known, middle);
    settled_.follow(*middle);
}

}  // namespace penstock
