// SPDX-License-Identifier: Apache-2.0
//
// The closed formulas of the papers' experiments, beside numbers that were worked out by hand.

#include "sim/paper/expectations.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace penstock::sim {
namespace {

constexpr double close = 1e-9;

void expect_band(Band band, double least, double most) {
    EXPECT_NEAR(band.least, least, close);
    EXPECT_NEAR(band.most, most, close);
}

TEST(Band, holds_both_of_its_ends_and_no_undefined_number) {
    const Band band = within(10, 2);
    EXPECT_TRUE(band.holds(8));
    EXPECT_TRUE(band.holds(12));
    EXPECT_FALSE(band.holds(std::nextafter(8.0, 0.0)));
    EXPECT_FALSE(band.holds(std::nextafter(12.0, 13.0)));
    EXPECT_FALSE(band.holds(std::numeric_limits<double>::quiet_NaN()));
    EXPECT_TRUE(at_most(5).holds(-1e300));
    EXPECT_FALSE(at_least(5).holds(4.999));
}

TEST(Band, narrowed_by_another_is_what_both_allow) {
    expect_band(narrowed(within(10, 4), within(12, 4)), 8, 14);
    expect_band(narrowed(at_least(3), at_most(7)), 3, 7);
    const Band apart = narrowed(at_most(3), at_least(7));
    EXPECT_FALSE(apart.holds(3) || apart.holds(5) || apart.holds(7));
}

TEST(PaperFormula, of_a_stall_is_nothing_once_the_launches_cover_the_wake_up) {
    constexpr Delays delays{.launch_us = 1, .wake_us = 39};
    EXPECT_DOUBLE_EQ(stall_us({.threshold = 8, .batch = 4, .kernel_us = 9}, delays), 4);
    EXPECT_DOUBLE_EQ(stall_us({.threshold = 8, .batch = 4, .kernel_us = 10}, delays), 0);
    EXPECT_DOUBLE_EQ(stall_us({.threshold = 8, .batch = 8, .kernel_us = 10}, delays), 40)
        << "nothing is in flight when the last of a whole batch ends";
    EXPECT_DOUBLE_EQ(least_threshold(10, delays), 8);
    EXPECT_DOUBLE_EQ(least_threshold(9.99, delays), 10) << "five kernels, because four are short";
}

TEST(PaperFormula, of_a_yield_counts_what_goes_on_after_the_order) {
    constexpr Delays delays{};
    expect_band(yield_by_holding_launches({.threshold = 8, .batch = 4, .kernel_us = 50}, delays),
                350,
                410.41);
    expect_band(yield_by_deactivating(1000, delays), 970, 1011.01);
    expect_band(yield_by_saving(30, delays), 40 / 1.001, 40.04);
    expect_band(yield_by_saving(0, {.order_us = 0}), 0, 0);
}

TEST(PaperFormula, of_a_slowdown_adds_the_yield_to_the_visit) {
    constexpr Visits visits{.work_us = 1000, .period_us = 5000};
    expect_band(
        slowdown_by_yielding({.least = 100, .most = 200}, visits, {}), 1.1 / 1.001, 1.211 * 1.001);
    expect_band(share_beside(visits, 100), 0.78, 0.8008);
    EXPECT_DOUBLE_EQ(slowdown_by_bounds(8, 24), 4);
    EXPECT_DOUBLE_EQ(slowdown_by_bounds(8, 0), 1);
}

// Kernels take 100 us: 8 of the others and 10 of its own are 1.8 ms.
TEST(PaperFormula, of_first_come_has_one_visit_under_way_where_it_ends_within_its_period) {
    expect_band(
        slowdown_first_come(8, 10, {.work_us = 1000, .period_us = 1800}), 0.98 * 0.8, 1.02 * 1.8);
    expect_band(
        slowdown_first_come(8, 10, {.work_us = 1000, .period_us = 1799}), 0.98 * 1.8, 1.02 * 2.8);
}

// Each visit is longer than its period: the queue grows without end, but the sum must not.
TEST(PaperFormula, of_first_come_ends_where_visits_never_do) {
    expect_band(slowdown_first_come(8, 10, {.work_us = 1000, .period_us = 500}),
                0.98 * 999.8,
                1.02 * 1000.8);
}

TEST(PaperFormula, of_turns_makes_them_a_hundred_times_their_change) {
    EXPECT_DOUBLE_EQ(turn_overhead(6, 4, 1), 0.01);
    EXPECT_DOUBLE_EQ(turn_overhead(6, 4, 1000), 0.01);
    EXPECT_DOUBLE_EQ(turn_overhead(6, 4, 5000), 0.002);
    EXPECT_DOUBLE_EQ(turn_overhead(0, 0, 2000), 0);
}

TEST(PaperFormula, of_aging_gives_all_to_who_is_no_step_below) {
    EXPECT_DOUBLE_EQ(share_by_aging({.aging_us = 100, .distance = 0, .quantum_us = 5}), 1);
    EXPECT_DOUBLE_EQ(share_by_aging({.aging_us = 95, .distance = 1, .quantum_us = 5}), 0.05);
    EXPECT_DOUBLE_EQ(longest_wait_by_aging_us({.aging_us = 100, .distance = 2, .quantum_us = 5}, 0),
                     200);
}

TEST(PaperFormula, of_a_harvest_shortens_production_by_its_waits) {
    constexpr Delays delays{};
    expect_band(
        wait_for_held_launches({.threshold = 8, .batch = 4, .kernel_us = 50}, delays), 200, 427);
    expect_band(wait_for_a_kernel(50, delays), 0, 77);
    constexpr Pauses pauses{.work_us = 900, .pause_us = 100};
    expect_band(production_beside_harvest(pauses, {.least = 0, .most = 1000}), 0.5, 1);
    expect_band(harvested(pauses, {.least = 0, .most = 1000}, 20), 0.04, 0.55);
    expect_band(harvested(pauses, {.least = 0, .most = 0}, 0), 0.1, 0.1);
    EXPECT_DOUBLE_EQ(harvested(pauses, {.least = 0, .most = 0}, 101).least, 0)
        << "pauses end before anybody has seen them";
}

// Works of 1 and 3 ms: a mean of 2 ms, and a relative variance of a quarter.
TEST(PaperFormula, of_a_load_knows_how_far_chance_may_take_it) {
    constexpr std::array classes{RequestClass{.portion = 1, .work_us = 1000},
                                 RequestClass{.portion = 1, .work_us = 3000}};
    constexpr std::array scaled{RequestClass{.portion = 10, .work_us = 1000},
                                RequestClass{.portion = 10, .work_us = 3000}};
    EXPECT_DOUBLE_EQ(offered_load(250, classes, 1), 0.5);
    EXPECT_DOUBLE_EQ(offered_load(250, scaled, 1), 0.5) << "portions are of each other";
    EXPECT_NEAR(load_deviation(100, classes, 0, 25), 0.03, close);
    EXPECT_NEAR(load_deviation(100, scaled, std::sqrt(std::log(1.75)), 25), 0.06, close);
    constexpr std::array alike{RequestClass{.portion = 2, .work_us = 700}};
    EXPECT_NEAR(load_deviation(100, alike, 0, 25), 0, 1e-6) << "nothing varies";
}

TEST(PaperFormula, of_frames_loses_none_where_all_have_room) {
    constexpr Demand video{.work_ms = 30, .period_ms = 40};
    constexpr Demand fits{.work_ms = 250, .period_ms = 1000};
    EXPECT_DOUBLE_EQ(demanded(video, fits), 1);
    expect_band(frames_lost(video, fits, 1.15, 100), 0, 0);
    expect_band(frame_gap(video, true), 30, 45);
    expect_band(frame_gap(video, false), 30, 95);
    constexpr Demand more{.work_ms = 500, .period_ms = 1000};
    expect_band(frames_lost(video, more, 1, 0), 1. / 3, 1. / 3);
}

TEST(PaperFormula, of_fairness_goes_from_one_nth_to_one) {
    constexpr std::array<double, 4> alone{0, 0, 0, 9};
    constexpr std::array<double, 4> alike{0.25, 0.25, 0.25, 0.25};
    EXPECT_DOUBLE_EQ(jain_index(alone), 0.25);
    EXPECT_DOUBLE_EQ(jain_index(alike), 1);
    EXPECT_DOUBLE_EQ(share_of_weight(0.25, alike), 0.25);
    EXPECT_DOUBLE_EQ(share_of_weight(0, alone), 0);
}

TEST(PaperExpectation, tells_what_a_threshold_costs) {
    const Delays slow{.launch_us = 1, .wake_us = 50};
    EXPECT_NEAR(
        launch_overhead({.threshold = 8, .batch = 4, .kernel_us = 10}, slow), 11. / 80, 1e-9);
    EXPECT_NEAR(launch_overhead({.threshold = 10, .batch = 5, .kernel_us = 10}, slow), 0.01, 1e-9);
    EXPECT_EQ(launch_overhead({.threshold = 16, .batch = 8, .kernel_us = 10}, slow), 0);
    EXPECT_EQ(least_threshold(10, slow), 12);
    EXPECT_EQ(least_threshold(100, slow), 2);
}

TEST(PaperExpectation, tells_shares_and_turns) {
    constexpr std::array<double, 3> weights{1, 2, 3};
    EXPECT_DOUBLE_EQ(share_of_weight(2, weights), 1. / 3);
    EXPECT_DOUBLE_EQ(turn_overhead(30, 30, 2000), 0.01);
    EXPECT_DOUBLE_EQ(turn_overhead(1, 1, 2000), 0.001);
    EXPECT_NEAR(share_by_aging({.aging_us = 100, .distance = 3, .quantum_us = 5}), 0.0164, 1e-4);
    EXPECT_EQ(longest_wait_by_aging_us({.aging_us = 100, .distance = 3, .quantum_us = 5}, 2), 310);
    EXPECT_DOUBLE_EQ(jain_index(weights), 36. / (3 * 14));
}

TEST(PaperExpectation, tells_how_long_a_queue_is) {
    const Band natively = slowdown_first_come(1024, 200, {.work_us = 10'000, .period_us = 50'000});
    EXPECT_TRUE(natively.holds(7.12)) << "two visits are under way";
    EXPECT_FALSE(natively.holds(8.2));
    constexpr std::array classes{RequestClass{.portion = 1, .work_us = 1000},
                                 RequestClass{.portion = 3, .work_us = 5000}};
    EXPECT_DOUBLE_EQ(offered_load(1000, classes, 16), 0.25);
    EXPECT_GT(demanded({.work_ms = 30, .period_ms = 40}, {.work_ms = 800, .period_ms = 3000}), 1);
    const Band lost = frames_lost(
        {.work_ms = 30, .period_ms = 40}, {.work_ms = 800, .period_ms = 3000}, 1.15, 100);
    EXPECT_NEAR(lost.least, 0.0222, 1e-4);
    EXPECT_NEAR(lost.most, 0.0897, 1e-4);
    EXPECT_LT(demanded({.work_ms = 28, .period_ms = 40}, {.work_ms = 800, .period_ms = 3000}), 1);
}

}  // namespace
}  // namespace penstock::sim
