// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/sla_bound.h"

#include <algorithm>

namespace penstock::batching {

SlaBound::SlaBound(const SlaSettings& settings, const BatchBounds& bounds)
    : settings_(settings),
      least_(bounds.least),
      most_(bounds.most),
      low_(bounds.least),
      high_(bounds.most) {}

void SlaBound::keep(const Served& served) {
    sum_.ns += served.ns;
    sum_.requests += served.requests;
    if (window_.size() < settings_.window) {
        window_.push_back(served);
        return;
    }
    Served& gone = window_[oldest_];
    sum_.ns -= gone.ns;
    sum_.requests -= gone.requests;
    gone = served;
    oldest_ = oldest_ + 1 == window_.size() ? 0 : oldest_ + 1;
}

void SlaBound::note(std::int64_t service_ns, std::uint32_t requests) {
    keep({.ns = service_ns, .requests = requests});
    const auto count = static_cast<std::int64_t>(window_.size());
    const std::int64_t took = sum_.ns / count;
    const std::int64_t batch = sum_.requests / count;
    const std::int64_t low = low_;
    const std::int64_t high = high_;
    if (took > settings_.target_ns + settings_.slack_ns) {
        high_ = std::max(batch, low + settings_.alpha);
        low_ = std::max(low - settings_.delta, least_);
    } else if (took < settings_.target_ns - settings_.slack_ns) {
        low_ = std::min(batch, high - settings_.alpha);
        high_ = std::min(high + settings_.delta, most_);
    } else {
        high_ = std::min(batch + (settings_.alpha / 2), most_);
        low_ = std::max(batch - (settings_.alpha / 2), least_);
    }
    low_ = std::clamp(low_, least_, most_);
    high_ = std::clamp(high_, low_, most_);
}

}  // namespace penstock::batching
