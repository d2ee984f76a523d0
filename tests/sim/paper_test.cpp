// SPDX-License-Identifier: Apache-2.0
//
// The papers' experiments: what is expected of them by arithmetic, and how a figure is judged.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "sim/paper/verdict.h"
#include "sim/paper/verdict_report.h"
#include "tests/sim/stage.h"

namespace penstock::sim {
namespace {

using ::testing::HasSubstr;

const Play short_play{.scenario = "p5_threshold_1ms", .policy = "observe-only"};

Experiment experiment_of(Band band) {
    return {.id = "fig0.short",
            .figure = "Fig. 0",
            .subject = "overhead",
            .paper = "0.04",
            .band = band,
            .measure = overhead_of(short_play, "h1"),
            .note = "about notes"};
}

PlayBook played(unsigned threads) {
    const std::set<Play> plays{short_play,
                               {.scenario = "p5_threshold_1ms", .policy = "fixed-priority"}};
    const auto book = play_all(PENSTOCK_SCENARIOS, plays, threads, [](auto...) {});
    EXPECT_TRUE(book) << book.error().message();
    return *book;
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

TEST(PaperExperiments, have_ids_of_their_own_and_say_what_they_are) {
    std::set<std::string> ids;
    for (const Experiment& each : experiments(PENSTOCK_SCENARIOS, "")) {
        EXPECT_TRUE(ids.insert(each.id).second) << each.id;
        EXPECT_FALSE(each.subject.empty()) << each.id;
        EXPECT_FALSE(each.paper.empty()) << each.id;
        EXPECT_FALSE(each.measure.plays.empty()) << each.id;
        EXPECT_LE(each.band.least, each.band.most) << each.id;
        EXPECT_EQ(each.subject.find('"'), std::string::npos) << each.id;
    }
    EXPECT_GE(ids.size(), 70U);
    for (const char* group : {"fig9.priority",
                              "fig9.partition",
                              "fig11.",
                              "fig11c.",
                              "fig13.",
                              "fig15a.",
                              "fig15b.",
                              "p7.",
                              "p8."}) {
        EXPECT_FALSE(experiments(PENSTOCK_SCENARIOS, group).empty()) << group;
    }
    EXPECT_TRUE(experiments(PENSTOCK_SCENARIOS, "fig99").empty());
    EXPECT_TRUE(experiments("/nonexistent", "fig14").empty()) << "without its scenarios";
}

TEST(PaperExperiments, play_jobs_and_policies_that_their_scenarios_have) {
    for (const Experiment& each : experiments(PENSTOCK_SCENARIOS, "")) {
        for (const Play& play : each.measure.plays) {
            const Scenario scenario = shipped(play.scenario);
            const bool named = play.alone.empty() ||
                               std::ranges::count(scenario.jobs, play.alone, &JobModel::name) == 1;
            EXPECT_TRUE(named) << each.id << ": " << play.alone;
        }
    }
}

TEST(PaperExperiments, are_the_same_on_any_number_of_threads) {
    const Experiment experiment = experiment_of(at_least(0));
    EXPECT_EQ(experiment.measure.value(played(1)), experiment.measure.value(played(3)));
}

TEST(PaperExperiments, tell_which_scenario_is_missing) {
    const std::set<Play> plays{{.scenario = "p0_nothing", .policy = "native"}};
    const auto book = play_all(PENSTOCK_SCENARIOS, plays, 2, [](auto...) {});
    ASSERT_FALSE(book);
    EXPECT_THAT(book.error().message(), HasSubstr("p0_nothing.conf"));
}

TEST(PaperVerdict, holds_where_the_figure_is_as_computed) {
    const double expected =
        launch_overhead({.threshold = 1, .batch = 1, .kernel_us = 1000}, {.wake_us = 12});
    const Verdicts verdicts = judge({experiment_of(within(expected, 1e-4))}, played(1), {});
    EXPECT_TRUE(all_in_band(verdicts));
    EXPECT_THAT(verdict_table(verdicts), HasSubstr("1 of 1 in band"));
}

TEST(PaperVerdict, fails_an_expectation_that_is_wrong) {
    const double of_another_delay =
        launch_overhead({.threshold = 1, .batch = 1, .kernel_us = 1000}, {.wake_us = 14});
    const Band wrong = within(of_another_delay, 1e-4);
    const Verdicts verdicts = judge({experiment_of(wrong)}, played(1), {});
    EXPECT_FALSE(all_in_band(verdicts));
    EXPECT_THAT(verdict_table(verdicts), HasSubstr("OUT OF BAND"));
    const auto json = nlohmann::json::parse(verdict_json(verdicts));
    EXPECT_FALSE(json["rows"][0]["in_band"]);
    EXPECT_EQ(json["in_band"], 0);
}

TEST(PaperVerdict, fails_a_figure_that_there_is_none_of) {
    Experiment experiment = experiment_of(at_least(0));
    experiment.measure = part_of(short_play, "nobody");
    experiment.measure = ratio(experiment.measure, experiment.measure);
    EXPECT_FALSE(all_in_band(judge({experiment}, played(1), {}))) << "0 / 0";
}

TEST(PaperVerdict, stands_beside_what_was_measured) {
    const Experiments known{experiment_of(at_most(1))};
    const auto measured = parse_measured(R"({"fig0.short": 0.25})", known);
    ASSERT_TRUE(measured);
    const Verdicts verdicts = judge(known, played(1), *measured);
    EXPECT_THAT(verdict_csv(verdicts), HasSubstr("fig0.short,\"Fig. 0\",\"overhead\",\"0.04\","));
    EXPECT_THAT(verdict_csv(verdicts), HasSubstr(",0.25,,1,true"));
    EXPECT_EQ(nlohmann::json::parse(verdict_json(verdicts))["rows"][0]["emulated"], 0.25);
    EXPECT_THAT(verdict_table(judge(known, played(1), {})), HasSubstr("  -  "));
}

TEST(PaperVerdict, takes_no_measurement_that_it_does_not_know) {
    const Experiments known{experiment_of(at_most(1))};
    for (const char* text : {"", "[]", "{", R"({"fig0.short": "fast"})", R"({"fig1": 1})"}) {
        EXPECT_FALSE(parse_measured(text, known)) << text;
    }
    EXPECT_THAT(load_measured("/nonexistent", known).error().message(), HasSubstr("/nonexistent"));
}

}  // namespace
}  // namespace penstock::sim
