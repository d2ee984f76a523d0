// SPDX-License-Identifier: Apache-2.0
//
// The papers' experiments: what they are, and how a figure is judged.

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
    EXPECT_GE(ids.size(), 87U);
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
    for (const Measure& measure : {part_of(short_play, "nobody"),
                                   metric_of(short_play, "nobody", "p99_ms"),
                                   overhead_of(short_play, "nobody")}) {
        experiment.measure = measure;
        EXPECT_FALSE(all_in_band(judge({experiment}, played(1), {})));
    }
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
