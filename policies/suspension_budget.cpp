// SPDX-License-Identifier: Apache-2.0

#include "policies/suspension_budget.h"

#include <algorithm>

namespace penstock {

void SuspensionBudget::set(Duration interval, std::uint32_t burst, TimePoint now) {
    interval_ = std::clamp(interval, Duration{}, DeviceOrder::longest_suspension_interval);
    depth_ = interval_ * std::clamp(burst, 1U, DeviceOrder::most_suspension_burst);
    paid_until_ = std::min(paid_until_, now + depth_);
}

void SuspensionBudget::spend(TimePoint now) {
    paid_until_ = std::min(std::max(paid_until_, now - depth_) + interval_, now + depth_);
}

}  // namespace penstock
