// SPDX-License-Identifier: Apache-2.0
//
// Suspension budget: bounds how often owners of one device are suspended.
//
// It is a token bucket, kept as a time: each suspension moves the time up to which all of them are
// paid for by one interval. Behind now it means credit, bounded by the burst; ahead of now, debt,
// bounded likewise.

#pragma once

#include "policies/decision.h"

namespace penstock {

class SuspensionBudget {
  public:
    // Credit and debt, being times, outlive a change of the interval.
    void set(Duration interval, std::uint32_t burst, TimePoint now);

    // From when on there is credit for one more.
    [[nodiscard]] TimePoint next() const { return paid_until_ + interval_; }

    // Also without credit: then the next ones wait for longer.
    void spend(TimePoint now);

  private:
    Duration interval_{};
    Duration depth_{};                                   // The burst's worth.
    TimePoint paid_until_ = TimePoint(Duration::min());  // Nothing was ever spent.
};

}  // namespace penstock
