// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/sla_bound.h"

#include <gtest/gtest.h>

#include "tests/property/dice.h"

namespace penstock::batching {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr BatchBounds bounds{.least = 1, .most = 128};

SlaSettings one_at_a_time() {
    SlaSettings settings;
    settings.window = 1;
    return settings;
}

TEST(SlaBound, begins_in_the_middle) {
    EXPECT_EQ(SlaBound(SlaSettings{}, bounds).bound(), 64U);
    EXPECT_EQ(SlaBound(SlaSettings{}, {.least = 5, .most = 5}).bound(), 5U);
}

TEST(SlaBound, falls_below_a_batch_that_took_too_long) {
    SlaBound bound(one_at_a_time(), bounds);
    bound.note(2 * second, 64);  // low 1 - 4 -> 1, high max(64, 1 + 4) = 64.
    EXPECT_EQ(bound.bound(), 32U);
    bound.note(2 * second, 32);
    EXPECT_EQ(bound.bound(), 16U);
}

TEST(SlaBound, rises_while_there_is_time_but_never_to_the_most) {
    SlaBound bound(one_at_a_time(), bounds);
    for (int time = 0; time < 100; ++time) {
        bound.note(second / 2, bound.bound());
    }
    // low = min(bound, 128 - 4), high = 128: the middle of them is where it ends.
    EXPECT_EQ(bound.bound(), 126U);
}

TEST(SlaBound, closes_in_on_a_batch_that_takes_the_target_time) {
    SlaBound bound(one_at_a_time(), bounds);
    bound.note(second, 40);
    EXPECT_EQ(bound.bound(), 40U);
    bound.note(second + 50'000'000, 41);  // Just within the slack.
    EXPECT_EQ(bound.bound(), 41U);
    bound.note(second - 50'000'000, 42);
    EXPECT_EQ(bound.bound(), 42U);
}

TEST(SlaBound, goes_by_the_mean_of_the_last_batches) {
    SlaSettings settings;
    settings.window = 2;
    SlaBound bound(settings, bounds);
    bound.note(second, 10);
    EXPECT_EQ(bound.bound(), 10U);
    bound.note(second, 21);  // The mean of 10 and 21, cut off: 15.
    EXPECT_EQ(bound.bound(), 15U);
    bound.note(second, 30);  // 10 has left the window: 25.
    EXPECT_EQ(bound.bound(), 25U);
}

TEST(SlaBound, keeps_the_range_within_the_bounds) {
    SlaSettings settings = one_at_a_time();
    settings.alpha = 16;
    SlaBound narrow(settings, {.least = 1, .most = 8});
    narrow.note(2 * second, 8);  // high would be 1 + 16.
    EXPECT_LE(narrow.bound(), 8U);
    narrow.note(1, 1);  // low would be 8 - 16.
    EXPECT_GE(narrow.bound(), 1U);
}

TEST(SlaBound, is_always_within_the_bounds_whatever_is_measured) {
    for (std::uint32_t seed = 1; seed <= 1200; ++seed) {
        Dice dice(seed);
        SlaSettings settings{.target_ns = dice.between(0, 1'000'000),
                             .slack_ns = dice.between(0, 2'000'000),
                             .alpha = dice.between(0, 40),
                             .delta = dice.between(0, 40),
                             .window = 1 + dice.below(9)};
        const std::uint32_t least = 1 + dice.below(20);
        const BatchBounds range{.least = least, .most = least + dice.below(60)};
        SlaBound bound(settings, range);
        for (int time = 0; time < 60; ++time) {
            bound.note(dice.below(2'000'000), 1 + dice.below(range.most));
            ASSERT_GE(bound.bound(), range.least) << seed;
            ASSERT_LE(bound.bound(), range.most) << seed;
        }
    }
}

// With a service time that rises by so much a member, the batch settles where it takes the target.
TEST(SlaBound, settles_where_a_batch_takes_the_target_time) {
    for (const std::int64_t slope_us : {10'000, 20'000, 25'000}) {
        SlaBound bound(SlaSettings{}, bounds);
        for (int time = 0; time < 60; ++time) {
            bound.note(slope_us * 1000 * bound.bound(), bound.bound());
        }
        const auto took = slope_us * 1000 * static_cast<std::int64_t>(bound.bound());
        EXPECT_NEAR(static_cast<double>(took), static_cast<double>(second), 0.07 * second);
    }
}

}  // namespace
}  // namespace penstock::batching
