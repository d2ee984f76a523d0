// SPDX-License-Identifier: Apache-2.0

#include "sim/invocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock::sim {
namespace {

using testing::HasSubstr;

template <typename Kind = Replay>
Kind understood(std::vector<std::string> words) {
    const auto parsed = parse(std::move(words));
    EXPECT_TRUE(parsed) << parsed.error().message();
    return std::get<Kind>(std::get<Verb>(*parsed));
}

TEST(SimInvocation, reads_what_to_replay) {
    const Replay plain = understood({"replay", "f"});
    EXPECT_EQ(plain.file, "f");
    EXPECT_FALSE(plain.policy);
    EXPECT_FALSE(plain.interval);
    EXPECT_FALSE(plain.json);
    const Replay verb =
        understood({"replay", "-", "--json", "--policy=observe-only", "--interval=500"});
    EXPECT_EQ(verb.file, "-");
    EXPECT_EQ(verb.policy, "observe-only");
    EXPECT_EQ(verb.interval, std::chrono::milliseconds(500));
    EXPECT_TRUE(verb.json);
}

TEST(SimInvocation, reads_settings_of_the_policy_to_replay) {
    const Replay verb = understood({"replay",
                                    "f",
                                    "--policy=earliest-deadlines",
                                    "--set=SettleSec=2ms",
                                    "--set",
                                    "Runners=4"});
    EXPECT_EQ(verb.settings.settle, std::chrono::milliseconds(2));
    EXPECT_EQ(verb.settings.runners, 4U);
    for (const char* setting : {"Base=harvest", "SettleSec", "SettleSec=soon", "Mood=good"}) {
        EXPECT_FALSE(parse({"replay", "f", "--policy=harvest", "--set", setting})) << setting;
    }
    EXPECT_FALSE(parse({"replay", "f", "--set", "SettleSec=2ms"}));
}

TEST(SimInvocation, reads_what_to_report) {
    EXPECT_EQ(understood<Report>({"report", "f"}).file, "f");
    EXPECT_FALSE(understood<Report>({"report", "f"}).json);
    EXPECT_TRUE(understood<Report>({"report", "-", "--json"}).json);
}

TEST(SimInvocation, reads_what_to_run) {
    const ScenarioRun plain = understood<ScenarioRun>({"run", "--policy", "native,harvest", "f"});
    EXPECT_EQ(plain.file, "f");
    EXPECT_THAT(plain.policies, testing::ElementsAre("native", "harvest"));
    EXPECT_FALSE(plain.seed);
    EXPECT_FALSE(plain.duration);
    EXPECT_EQ(plain.form, ScenarioRun::Form::table);
    EXPECT_EQ(plain.chrome_trace + plain.gnuplot, "");
    const ScenarioRun verb = understood<ScenarioRun>(
        {"run", "f", "--policy=a", "--policy=b", "--seed=7", "--until=500ms", "--compare"});
    EXPECT_THAT(verb.policies, testing::ElementsAre("a", "b"));
    EXPECT_EQ(verb.seed, 7U);
    EXPECT_EQ(verb.duration, std::chrono::milliseconds(500));
    EXPECT_EQ(verb.form, ScenarioRun::Form::side_by_side);
    const ScenarioRun drawn = understood<ScenarioRun>(
        {"run", "f", "--policy=a", "--chrome-trace=t.json", "--gnuplot", "plots"});
    EXPECT_EQ(drawn.chrome_trace, "t.json");
    EXPECT_EQ(drawn.gnuplot, "plots");
    EXPECT_FALSE(verb.nodes);
    const ScenarioRun fleet =
        understood<ScenarioRun>({"run", "f", "--policy=a", "--nodes=10000", "--threads=2"});
    EXPECT_EQ(fleet.nodes, 10'000U);
    EXPECT_EQ(fleet.threads, 2U);
    EXPECT_EQ(understood<ScenarioRun>({"run", "f", "--policy=a", "--csv"}).form,
              ScenarioRun::Form::csv);
}

TEST(SimInvocation, reads_which_experiments_of_the_papers) {
    const Paper plain = understood<Paper>({"paper"});
    EXPECT_EQ(plain.only, "");
    EXPECT_EQ(plain.emulated, "");
    EXPECT_EQ(plain.scenarios, "");
    EXPECT_EQ(plain.form, Paper::Form::table);
    const Paper verb = understood<Paper>(
        {"paper", "--only=fig9", "--emulated", "measured.json", "--scenarios=here", "--json"});
    EXPECT_EQ(verb.only, "fig9");
    EXPECT_EQ(verb.emulated, "measured.json");
    EXPECT_EQ(verb.scenarios, "here");
    EXPECT_EQ(verb.form, Paper::Form::json);
    EXPECT_EQ(understood<Paper>({"paper", "--csv"}).form, Paper::Form::csv);
}

TEST(SimInvocation, refuses_what_makes_no_sense) {
    for (const auto& words :
         std::vector<std::vector<std::string>>{{},
                                               {"dance"},
                                               {"paper", "fig9"},
                                               {"paper", "--json", "--csv"},
                                               {"replay"},
                                               {"replay", "f", "--interval=0"},
                                               {"replay", "f", "--interval=x"},
                                               {"replay", "f", "g"},
                                               {"report"},
                                               {"run", "f"},
                                               {"run", "f", "--policy=a", "--nodes=0"},
                                               {"run", "f", "--policy=a", "--nodes=10001"},
                                               {"run", "f", "--policy=a", "--threads=257"},
                                               {"run", "f", "--policy=a", "--until=0"},
                                               {"run", "f", "--policy=a", "--until=2d"},
                                               {"run", "f", "--policy=a", "--json", "--csv"}}) {
        EXPECT_FALSE(parse(words));
    }
}

TEST(SimInvocation, answers_help_and_version_itself) {
    EXPECT_THAT(std::get<Answered>(*parse({"--help"})).text, HasSubstr("replay"));
    EXPECT_THAT(std::get<Answered>(*parse({"replay", "--help"})).text, HasSubstr("--interval"));
    EXPECT_EQ(std::get<Answered>(*parse({"--version"})).text,
              "penstock-sim " PENSTOCK_VERSION "\n");
}

}  // namespace
}  // namespace penstock::sim
