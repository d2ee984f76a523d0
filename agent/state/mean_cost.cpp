// SPDX-License-Identifier: Apache-2.0

#include "agent/state/mean_cost.h"

#include <algorithm>

namespace penstock {
namespace {

constexpr int weight = 32;  // A new duration counts as one part in so many.
constexpr int outlier_factor = 16;

// Nothing that a device does is faster; a mean of 0 would stay there.
constexpr Duration smallest_mean = std::chrono::nanoseconds(100);

}  // namespace

void MeanCost::add(Duration seen) {
    if (seen < Duration{}) {
        return;
    }
    const Duration bounded = std::min(seen, longest_call);
    if (seen_ < first_.size()) {
        begin(bounded);
        return;
    }
    const Duration highest = std::max(mean_, smallest_mean) * outlier_factor;
    mean_ += (std::min(bounded, highest) - mean_) / weight;
    settled_.follow(mean_);
}

// The median of the first ones: any of them may be an outlier.
void MeanCost::begin(Duration seen) {
    first_.at(seen_) = seen;
    ++seen_;
    if (seen_ == first_.size()) {
        std::ranges::sort(first_);
        mean_ = first_[first_.size() / 2];
        settled_.follow(mean_);
    }
}

}  // namespace penstock
