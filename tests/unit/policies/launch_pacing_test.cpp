// SPDX-License-Identifier: Apache-2.0

#include "policies/launch_pacing.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint now{100s};
constexpr PacingState no_credit{.spent_until = now};

// 10 MB in a millisecond, of which 4 GB/s are granted, and so many before that it may wait.
Launch heavy() {
    return {.bytes = 10'000'000,
            .usual_time = 1ms,
            .own_time = 1s,
            .granted = {4'000'000'000},
            .peak = {40'000'000'000}};
}

TEST(LaunchPacing, waits_until_the_rate_has_let_the_bytes_through) {
    const PacedLaunch first = pace(no_credit, heavy(), now);
    EXPECT_EQ(first.delay, 2'500us);
    EXPECT_EQ(first.after.spent_until, now + 2'500us);
}

TEST(LaunchPacing, spends_a_credit_of_an_operation_s_own_time_at_most) {
    EXPECT_EQ(pace({.spent_until = now - 300us}, heavy(), now).delay, 2'200us);
    EXPECT_EQ(pace({}, heavy(), now).delay, 1'500us);
    Launch short_one = heavy();
    short_one.usual_time = 250us;
    EXPECT_EQ(pace({}, short_one, now).delay, 1'500us) << "a millisecond's in any case";
    EXPECT_EQ(pace({.spent_until = now + 1h}, heavy(), now).delay, 2'500us) << "not our clock";
}

TEST(LaunchPacing, waits_behind_those_who_wait) {
    EXPECT_EQ(pace({.spent_until = now + 1ms}, heavy(), now).delay, 3'500us);
}

TEST(LaunchPacing, waits_5_ms_at_most_and_forgives_the_rest) {
    Launch launch = heavy();
    launch.bytes = UINT64_MAX;
    const PacedLaunch paced = pace(no_credit, launch, now);
    EXPECT_EQ(paced.delay, 5ms);
    EXPECT_EQ(paced.after.spent_until, now + 5ms);
}

TEST(LaunchPacing, waits_a_quarter_of_the_own_time_at_most) {
    Launch launch = heavy();
    launch.own_time = 4ms;
    EXPECT_EQ(pace(no_credit, launch, now).delay, 1ms);
    launch.waited = 900us;
    EXPECT_EQ(pace(no_credit, launch, now).delay, 100us);
    launch.waited = 5ms;
    EXPECT_EQ(pace(no_credit, launch, now).delay, 0ms);
    launch.own_time = {};
    EXPECT_EQ(pace(no_credit, launch, now).delay, 0ms) << "the first of its kind";
}

TEST(LaunchPacing, keeps_the_granted_rate_over_many_launches) {
    PacingState state;
    Launch launch = heavy();
    launch.usual_time = 2ms;
    launch.peak = {20'000'000'000};
    TimePoint at = now;
    for (int each = 0; each < 400; ++each) {
        const PacedLaunch paced = pace(state, launch, at);
        state = paced.after;
        at += paced.delay + 2ms;
        launch.own_time += 2ms;
        launch.waited += paced.delay;
    }
    // Alone they take 2 ms each, at the granted rate 2.5 ms.
    EXPECT_NEAR(static_cast<double>((at - now) / 1us), 400 * 2'500, 2'000);
    EXPECT_LE(launch.waited * 4, launch.own_time);
}

TEST(LaunchPacing, lets_light_operations_pass) {
    Launch launch = heavy();
    launch.bytes = (8 << 20) - 1;
    EXPECT_FALSE(is_heavy(launch));
    EXPECT_EQ(pace(no_credit, launch, now).delay, 0ms);
    launch = heavy();
    launch.usual_time = 199us;
    EXPECT_FALSE(is_heavy(launch));
    launch.usual_time = 0us;
    EXPECT_FALSE(is_heavy(launch));
    launch = heavy();
    launch.usual_time = 1s;
    EXPECT_FALSE(is_heavy(launch)) << "a small part of what the memory can move";
}

TEST(LaunchPacing, waits_for_no_rate_that_is_unknown) {
    Launch launch = heavy();
    launch.granted = {};
    const PacedLaunch paced = pace(no_credit, launch, now);
    EXPECT_EQ(paced.delay, 0ms);
    EXPECT_EQ(paced.after.spent_until, now);
}

}  // namespace
}  // namespace penstock
