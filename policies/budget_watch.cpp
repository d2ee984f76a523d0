// SPDX-License-Identifier: Apache-2.0

#include "policies/budget_watch.h"

#include <algorithm>

namespace penstock {
namespace {

// However little is left: who looks more often only costs time.
constexpr Duration shortest_pause = std::chrono::microseconds(100);

// Through doubles: the product of two long times has no room in 64 bits.
Duration scaled(Duration time, Duration by, Duration of) {
    const double ns = static_cast<double>(time.count()) * static_cast<double>(by.count()) /
                      static_cast<double>(std::max<Duration::rep>(of.count(), 1));
    const auto most = static_cast<double>(RankedOwner::longest_wait.count());
    return Duration(static_cast<Duration::rep>(std::clamp(ns, 0.0, most)));
}

// What has to be there for an empty budget to open.
Duration enough(const Budget& rule) {
    return std::max(rule.amount / 4, Duration{1});
}

}  // namespace

void BudgetWatch::look(const Budget& rule, TimePoint now, Duration served) {
    const Duration passed = std::clamp(now - looked_, Duration{}, rule.period * 2);
    left_ = std::min(left_ + scaled(passed, rule.amount, rule.period), rule.amount);
    // At the first look nothing has been had of this budget.
    left_ -= looked_ == TimePoint{} ? Duration{} : served - served_;
    left_ = std::max(left_, -rule.amount);
    looked_ = now;
    served_ = served;
    open_ = left_ > Duration{} && (open_ || left_ >= enough(rule));
}

Duration BudgetWatch::next_look(const Budget& rule) const {
    const Duration next =
        open_ ? left_ : scaled(enough(rule) - left_, rule.period, rule.amount) + Duration{1};
    return std::max(next, shortest_pause);
}

}  // namespace penstock
