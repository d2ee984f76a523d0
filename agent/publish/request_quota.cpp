// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/request_quota.h"

#include <algorithm>

namespace penstock::dbus {

bool RequestQuota::take(std::uint32_t uid, TimePoint now) {
    if (!full_at_.contains(uid) && full_at_.size() >= most_users) {
        forget_the_idle(now);
        if (full_at_.size() >= most_users) {
            return false;
        }
    }
    TimePoint& full_at = full_at_.try_emplace(uid, now).first->second;
    const TimePoint after = std::max(full_at, now) + price_;
    if (after - now > price_ * burst_) {
        return false;
    }
    full_at = after;
    return true;
}

void RequestQuota::forget_the_idle(TimePoint now) {
    std::erase_if(full_at_, [&](const auto& user) { return user.second <= now; });
}

}  // namespace penstock::dbus
