// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/request_quota.h"

#include <gtest/gtest.h>

namespace penstock::dbus {
namespace {

using namespace std::chrono_literals;

std::uint32_t taken(RequestQuota& quota, std::uint32_t uid, TimePoint now, std::uint32_t wanted) {
    std::uint32_t count = 0;
    for (std::uint32_t i = 0; i < wanted; ++i) {
        count += quota.take(uid, now) ? 1U : 0U;
    }
    return count;
}

TEST(RequestQuota, allows_a_burst_and_then_so_many_a_second) {
    RequestQuota quota;
    const TimePoint start(100s);
    EXPECT_EQ(taken(quota, 1000, start, 1000), RequestQuota::burst);
    EXPECT_EQ(taken(quota, 1000, start + 1s, 1000), RequestQuota::per_second);
    EXPECT_EQ(taken(quota, 1000, start + 3600s, 1000), RequestQuota::burst)
        << "no more is saved up";
    EXPECT_EQ(quota.refused(), 800U + 950U + 800U);
}

TEST(RequestQuota, of_one_user_is_not_spent_by_another) {
    RequestQuota quota;
    const TimePoint start(100s);
    EXPECT_EQ(taken(quota, 1000, start, 1000), RequestQuota::burst);
    EXPECT_EQ(taken(quota, 1001, start, 10), 10U);
}

TEST(RequestQuota, remembers_so_many_users_and_forgets_those_with_nothing_spent) {
    RequestQuota quota;
    const TimePoint start(100s);
    for (std::uint32_t uid = 0; uid < RequestQuota::most_users; ++uid) {
        EXPECT_TRUE(quota.take(uid, start));
    }
    EXPECT_FALSE(quota.take(999'999, start)) << "nobody can be forgotten yet";
    EXPECT_TRUE(quota.take(999'999, start + 1s));
}

}  // namespace
}  // namespace penstock::dbus
