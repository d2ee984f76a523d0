// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/calibration/sample.h"

namespace penstock::calibration {
namespace {

using test::sample;
using testing::HasSubstr;

constexpr SignalFigures at_the_bounds{
    .alone_ns = 100, .loaded_ns = 115, .change = 0.15, .auc = 0.9};

double below(double value) {
    return std::nextafter(value, 0);
}

TEST(Verdict, allows_the_canary_at_exactly_the_bounds) {
    EXPECT_TRUE(tells_a_load(at_the_bounds));
}

TEST(Verdict, refuses_a_change_just_below_fifteen_percent) {
    SignalFigures figures = at_the_bounds;
    figures.change = below(0.15);
    EXPECT_FALSE(tells_a_load(figures));
}

TEST(Verdict, refuses_an_auc_just_below_nine_tenths) {
    SignalFigures figures = at_the_bounds;
    figures.auc = below(0.9);
    EXPECT_FALSE(tells_a_load(figures));
}

TEST(Verdict, refuses_a_signal_without_a_scale) {
    SignalFigures figures = at_the_bounds;
    figures.loaded_ns = figures.alone_ns;
    EXPECT_FALSE(tells_a_load(figures));
    figures.alone_ns = 0;
    EXPECT_FALSE(tells_a_load(figures));
}

TEST(Verdict, prefers_the_signal_that_tells_a_load_to_one_with_a_better_auc) {
    CanaryTrial trial = test::good_trial();
    trial.chase = at_the_bounds;
    trial.read.auc = 0.99;
    trial.read.change = 0.1;
    EXPECT_EQ(better_signal(trial), Signal::chase);
    std::swap(trial.chase, trial.read);
    EXPECT_EQ(better_signal(trial), Signal::read);
}

TEST(Verdict, prefers_the_better_auc_of_two_alike) {
    CanaryTrial trial = test::good_trial();
    trial.read = at_the_bounds;
    trial.read.auc = 0.99;
    EXPECT_EQ(better_signal(trial), Signal::read);
    trial.read.auc = trial.chase.auc;
    EXPECT_EQ(better_signal(trial), Signal::chase);
}

TEST(Verdict, says_what_was_measured_and_what_is_needed) {
    Calibration calibration = sample();
    calibration.canary->chase.change = 0.03;
    calibration.canary->chase.auc = 0.61;
    calibration.canary->read.auc = 0.6;
    EXPECT_FALSE(canary_usable(calibration));
    EXPECT_EQ(canary_refusal(calibration),
              "calibration measured a paired change of 3.0 % (15 % needed) and an AUC of 0.61 (0.9 "
              "needed)");
}

TEST(Verdict, never_rounds_a_figure_up_to_what_is_needed) {
    Calibration calibration = sample();
    calibration.canary->chase.auc = 0.8999;
    calibration.canary->chase.change = 0.1499;
    EXPECT_THAT(canary_refusal(calibration), HasSubstr("change of 14.9 % (15 % needed)"));
    EXPECT_THAT(canary_refusal(calibration), HasSubstr("an AUC of 0.89 (0.9 needed)"));
}

TEST(Verdict, needs_thirty_probes_of_either_sort) {
    Calibration calibration = sample();
    calibration.canary->alone = 30;
    calibration.canary->loaded = 30;
    EXPECT_TRUE(canary_usable(calibration));
    EXPECT_EQ(canary_refusal(calibration), "");
    calibration.canary->loaded = 29;
    EXPECT_FALSE(canary_usable(calibration));
    EXPECT_THAT(canary_refusal(calibration),
                HasSubstr("kept 30 probes alone and 29 under load (30 of each needed)"));
}

TEST(Verdict, needs_a_machine_that_others_leave_alone) {
    Calibration calibration = sample();
    calibration.others = 0.1;
    EXPECT_TRUE(canary_usable(calibration));
    calibration.others = 0.1001;
    EXPECT_FALSE(canary_usable(calibration));
    EXPECT_EQ(canary_refusal(calibration),
              "other programs used 11 % of the processors during calibration (10 % allowed)");
}

TEST(Verdict, without_a_trial_is_its_reason) {
    Calibration calibration = sample();
    calibration.canary.reset();
    calibration.no_canary_because = "there is one core";
    EXPECT_FALSE(canary_usable(calibration));
    EXPECT_EQ(canary_refusal(calibration), "there is one core");
}

TEST(Pressure, is_0_as_alone_and_1_as_loaded) {
    const SignalFigures figures{.alone_ns = 100, .loaded_ns = 200};
    EXPECT_EQ(pressure_of(100, figures), 0);
    EXPECT_EQ(pressure_of(150, figures), 0.5);
    EXPECT_EQ(pressure_of(200, figures), 1);
}

TEST(Pressure, stays_between_0_and_one_and_a_half) {
    const SignalFigures figures{.alone_ns = 100, .loaded_ns = 200};
    EXPECT_EQ(pressure_of(10, figures), 0);
    EXPECT_EQ(pressure_of(1e9, figures), 1.5);
}

}  // namespace
}  // namespace penstock::calibration
