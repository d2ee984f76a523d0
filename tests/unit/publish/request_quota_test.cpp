// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/request_quota.h"

#include <gtest/gtest.h>

namespace penstock::dbus {
namespace {

using namespace std::chrono_literals;

constexpr RequestQuota::Share share{.per_second = 50, .burst = 200};

std::uint32_t taken(RequestQuota& quota, std::uint32_t uid, TimePoint now, std::uint32_t wanted) {
    std::uint32_t count = 0;
    for (std::uint32_t i = 0; i < wanted; ++i) {
        count += quota.take(uid, now) ? 1U : 0U;
    }
    return count;
}

TEST(RequestQuota, allows_a_burst_and_then_so_many_a_second) {
    RequestQuota quota(share);
    const TimePoint start(100s);
    EXPECT_EQ(taken(quota, 1000, start, 1000), share.burst);
    EXPECT_EQ(taken(quota, 1000, start + 1s, 1000), share.per_second);
    EXPECT_EQ(taken(quota, 1000, start + 3600s, 1000), share.burst) << "no more is saved up";
}

TEST(RequestQuota, of_what_is_dear_allows_one_in_a_long_time) {
    RequestQuota quota(10s, 8);
    const TimePoint start(100s);
    EXPECT_EQ(taken(quota, 1000, start, 10), 8U);
    EXPECT_EQ(taken(quota, 1000, start + 9s, 10), 0U);
    EXPECT_EQ(taken(quota, 1000, start + 10s, 10), 1U);
}

TEST(RequestQuota, of_one_user_is_not_spent_by_another) {
    RequestQuota quota(share);
    const TimePoint start(100s);
    EXPECT_EQ(taken(quota, 1000, start, 1000), share.burst);
    EXPECT_EQ(taken(quota, 1001, start, 10), 10U);
}

TEST(RequestQuota, remembers_so_many_users_and_forgets_those_with_nothing_spent) {
    RequestQuota quota(share);
    const TimePoint start(100s);
    for (std::uint32_t uid = 0; uid < RequestQuota::most_users; ++uid) {
        EXPECT_TRUE(quota.take(uid, start));
    }
    EXPECT_FALSE(quota.take(999'999, start)) << "nobody can be forgotten yet";
    EXPECT_TRUE(quota.take(999'999, start + 1s));
}

}  // namespace
}  // namespace penstock::dbus
