// SPDX-License-Identifier: Apache-2.0
//
// What decides about throttling, pacing and advice where time stands, runs backwards or is far
// away: it comes as data, from boards and samples that others have written.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "policies/device_advice.h"
#include "policies/launch_pacing.h"
#include "policies/throttle_watch.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using enum ThrottleLevel;

constexpr TimePoint now{100s};
constexpr std::uint64_t giga = 1'000'000'000;

// Two samples that ask for the highest level; one alone is not believed.
struct SaturatedNode {
    SaturatedNode() {
        look({.share = 1, .taken = now - 10ms}, now - 10ms);
        look({.share = 1, .taken = now}, now);
    }

    void look(const NodeUse& use, TimePoint when) { watch.look(use, when, shown); }

    ThrottleWatch watch{};
    Throttle shown{};
};

TEST(ThrottleWatchTime, that_stands_keeps_the_level_and_its_batch_scale) {
    SaturatedNode node;
    ASSERT_EQ(node.shown.level, fall_back);
    const double scale = node.shown.batch_scale;
    for (int again = 0; again < 1000; ++again) {
        node.look({.share = 0, .taken = now}, now);
    }
    EXPECT_EQ(node.shown.level, fall_back);
    EXPECT_EQ(node.shown.batch_scale, scale);
    EXPECT_NEAR(*node.shown.utilization, 1, 1e-9) << "it is the sample that it knows";
}

TEST(ThrottleWatchTime, of_a_sample_before_the_last_one_adds_nothing_to_the_mean) {
    SaturatedNode node;
    node.look({.share = 0, .taken = now - 5ms}, now);
    EXPECT_NEAR(*node.shown.utilization, 1, 1e-9);
    EXPECT_EQ(node.shown.level, fall_back);
}

TEST(ThrottleWatchTime, that_leaps_ahead_forgets_what_was_measured) {
    SaturatedNode node;
    node.look({.share = 1, .taken = now}, now + 1h);
    EXPECT_FALSE(node.shown.utilization);
    EXPECT_EQ(node.shown.level, delay_launch) << "one level at a time";
    EXPECT_EQ(node.shown.cause, ThrottleCause::unmeasured);
    EXPECT_GE(node.shown.batch_scale, Throttle::least_batch_scale);
    node.look({.share = 0.5, .taken = now + 1h}, now + 1h);
    EXPECT_NEAR(*node.shown.utilization, 0.5, 1e-9) << "the first sample of a new time";
}

TEST(ThrottleWatchTime, that_leaps_for_the_length_of_an_age_never_overflows_the_scale) {
    SaturatedNode node;
    const TimePoint last = TimePoint::max() - 1s;
    for (int round = 0; round < 10; ++round) {
        node.look({.share = 0, .taken = last}, last + round * 60ms);
    }
    EXPECT_GE(node.shown.batch_scale, Throttle::least_batch_scale);
    EXPECT_LE(node.shown.batch_scale, 1);
}

TEST(ThrottleWatchTime, of_shares_that_are_no_share_is_survived) {
    for (const double share : {-1.0, -1e300, std::numeric_limits<double>::denorm_min()}) {
        SaturatedNode node;
        node.look({.share = share, .taken = now + 10ms}, now + 10ms);
        EXPECT_GE(*node.shown.utilization, 0) << share;
        EXPECT_LE(*node.shown.utilization, 1) << share;
    }
    SaturatedNode node;
    node.look({.share = std::numeric_limits<double>::infinity(), .taken = now + 10ms}, now + 10ms);
    EXPECT_FALSE(node.shown.utilization);
    node.look({.share = 1e300, .taken = now + 20ms}, now + 20ms);
    EXPECT_TRUE(std::isfinite(*node.shown.utilization));
}

Launch heavy() {
    return {.bytes = 10'000'000,
            .usual_time = 1ms,
            .own_time = 1s,
            .granted = {4 * giga},
            .peak = {40 * giga}};
}

TEST(LaunchPacingTime, that_stands_makes_each_launch_wait_behind_the_others_but_not_for_ever) {
    PacingState state{.spent_until = now};
    Duration last{};
    for (int each = 0; each < 100; ++each) {
        const PacedLaunch paced = pace(state, heavy(), now);
        EXPECT_GE(paced.delay, last);
        EXPECT_LE(paced.delay, LaunchPacing::longest_delay);
        last = paced.delay;
        state = paced.after;
    }
    EXPECT_EQ(last, LaunchPacing::longest_delay);
}

TEST(LaunchPacingTime, of_a_board_from_another_clock_is_a_fresh_start) {
    for (const TimePoint foreign : {TimePoint::max(), now + 5ms + 1ns, now + 24h}) {
        EXPECT_EQ(pace({.spent_until = foreign}, heavy(), now).delay, 2'500us);
    }
    EXPECT_EQ(pace({.spent_until = now + 5ms}, heavy(), now).delay, 5ms) << "as far as waits go";
    EXPECT_EQ(pace({.spent_until = TimePoint::min()}, heavy(), now).delay, 1'500us)
        << "no more credit than any other";
}

TEST(LaunchPacingTime, is_never_negative_for_who_has_waited_more_than_he_ran) {
    Launch launch = heavy();
    launch.waited = 1h;
    const PacedLaunch paced = pace({.spent_until = now}, launch, now);
    EXPECT_EQ(paced.delay, 0ms);
    EXPECT_EQ(paced.after.spent_until, now) << "and leaves no debt to others";
}

TEST(LaunchPacingTime, at_a_rate_of_one_byte_is_bounded) {
    Launch launch = heavy();
    launch.granted = {1};
    EXPECT_EQ(pace({.spent_until = now}, launch, now).delay, LaunchPacing::longest_delay);
    launch.granted = {UINT64_MAX};
    EXPECT_EQ(pace({.spent_until = now}, launch, now).delay, 0ms);
}

TEST(LaunchPacingTime, is_of_no_concern_to_who_is_light_and_keeps_the_credit) {
    Launch launch = heavy();
    launch.bytes = 1;
    const PacingState before{.spent_until = now + 3ms};
    const PacedLaunch paced = pace(before, launch, now);
    EXPECT_EQ(paced.delay, 0ms);
    EXPECT_EQ(paced.after.spent_until, before.spent_until);
}

constexpr OperationCosts elsewhere{.other_memory = true};

TEST(DeviceAdviserTime, that_stands_keeps_the_first_advice_that_moves) {
    DeviceAdviser adviser;
    ASSERT_EQ(adviser.advise(fall_back, elsewhere, now).advice.device, AdvisedDevice::cpu);
    for (int again = 0; again < 100; ++again) {
        EXPECT_EQ(adviser.advise(none, elsewhere, now).advice.device, AdvisedDevice::cpu);
    }
}

TEST(DeviceAdviserTime, that_runs_backwards_keeps_the_advice_until_its_second_is_over) {
    DeviceAdviser adviser;
    ASSERT_EQ(adviser.advise(fall_back, elsewhere, now).advice.device, AdvisedDevice::cpu);
    EXPECT_EQ(adviser.advise(none, elsewhere, now - 10s).advice.device, AdvisedDevice::cpu);
    EXPECT_EQ(adviser.advise(none, elsewhere, now + 1s).advice.device, AdvisedDevice::any);
}

TEST(DeviceAdviserTime, renews_what_stays_the_same) {
    DeviceAdviser adviser;
    for (int second = 0; second < 5; ++second) {
        const TimePoint when = now + second * 400ms;
        EXPECT_EQ(adviser.advise(fall_back, elsewhere, when).valid_until, when + 1s);
    }
    // It stays since the first time, and may leave a second after that.
    EXPECT_EQ(adviser.advise(none, elsewhere, now + 1'600ms).advice.device, AdvisedDevice::any);
}

TEST(DeviceAdvice, is_as_sure_as_the_difference_is_large) {
    OperationCosts costs{.gpu_bytes = 1000, .cpu_bytes = 999};
    EXPECT_NEAR(advise(fall_back, costs).confidence, 0.501, 1e-9);
    costs.cpu_bytes = 1;
    EXPECT_EQ(advise(fall_back, costs).confidence, 1);
    costs = {.gpu_bytes = UINT64_MAX,
             .cpu_bytes = UINT64_MAX,
             .gpu_rate = {1},
             .cpu_rate = {UINT64_MAX}};
    EXPECT_EQ(advise(fall_back, costs).reason, AdviceReason::sooner);
    EXPECT_EQ(advise(fall_back, costs).confidence, 1);
    costs.cpu_rate = {};
    EXPECT_EQ(advise(fall_back, costs).reason, AdviceReason::costs_unknown);
}

}  // namespace
}  // namespace penstock
