// SPDX-License-Identifier: Apache-2.0

#include "sim/scenario_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include "base/suggestion.h"
#include "tests/sim/stage.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> objections(std::string_view text) {
    const ScenarioRead read = parse_scenario("a.conf", text);
    std::vector<std::string> lines;
    for (const config::Remark& remark : read.remarks.all()) {
        lines.push_back(to_text(remark.place) + ": " + remark.sentence);
    }
    return lines;
}

TEST(ScenarioText, describes_devices_jobs_and_policies) {
    const ScenarioRead read = parse_scenario("a.conf",
                                             "[Scenario]\nDurationSec=3s\nSeed=9\n"
                                             "[Job web]\nDevice=b\nPriority=5\nRate=200\n"
                                             "Arrivals=gamma\nVariation=2\nKernelSec=20us\n"
                                             "[Device a]\nLevel=launch-limit\nLaunchThreshold=8\n"
                                             "[Device b]\nSharing=first-come\n"
                                             "[Job more]\nArrivesWith=web\nPortion=3\n"
                                             "[Policy quick]\nBase=fixed-priority\n"
                                             "SettleSec=100us\n");
    ASSERT_THAT(objections(""), ::testing::SizeIs(1));
    EXPECT_EQ(read.remarks.errors(), 0U);
    const Scenario& scenario = read.scenario;
    EXPECT_EQ(scenario.duration, 3s);
    EXPECT_EQ(scenario.seed, 9U);
    ASSERT_EQ(scenario.jobs.size(), 2U);
    EXPECT_EQ(scenario.jobs[0].device, 1U);
    EXPECT_EQ(scenario.jobs[0].arrivals.gap, 5ms);
    EXPECT_EQ(scenario.jobs[1].arrives_with, 0U);
    EXPECT_EQ(scenario.devices[0].reach, Reach::launches);
    EXPECT_EQ(scenario.policies[0].settings.settle, 100us);
}

TEST(ScenarioText, says_what_may_have_been_meant) {
    EXPECT_THAT(objections("[Scenario]\nDuratonSec=1s\n"
                           "[Device gpu]\nSharin=processor\n"
                           "[Job a]\nDevice=gpo\nprio=1\n"
                           "[Jobs b]\nPriority=1\n"),
                ElementsAre("a.conf:2: DuratonSec= is not known here; did you mean DurationSec?",
                            "a.conf:4: Sharin= is not known here; did you mean Sharing?",
                            "a.conf:7: prio= is not known here",
                            "a.conf:9: [Jobs b] is not known; did you mean Job?",
                            "a.conf:6: There is no [Device gpo]; did you mean gpu?"));
}

TEST(ScenarioText, objects_to_values_that_make_no_sense) {
    const std::string scenario = "[Device gpu]\nSharing=processor\n[Job a]\nPriority=0\n";
    EXPECT_THAT(objections(scenario), IsEmpty());
    for (const char* wrong : {"[Device gpu]\nSharing=fairly\n",
                              "[Device gpu]\nLaunchThreshold=2\nLaunchBatch=3\n",
                              "[Device]\nSharing=processor\n",
                              "[Job a]\nKernels=0\n",
                              "[Job a]\nKernelSec=1h\n",
                              "[Job a]\nRate=nan\n",
                              "[Job a]\nDramBytesPerSecond=2000G\n",
                              "[Memory]\nPeakBytesPerSecond=0\n",
                              "[Memory]\nContentionLoss=1\n",
                              "[Memory]\nPeak=60G\n",
                              "[Job a]\nArrivesWith=a\n",
                              "[Job a]\nArrivesWith=b\n",
                              "[Job a]\nProcesses=4096\n[Job b]\nProcesses=1\n",
                              "[Scenario]\nWarmUpSec=1h\n",
                              "[Policy p]\nBase=lottery\n",
                              "[Policy p]\nBase=harvest\nSettleSec=2s\n",
                              "[Policy p]\nBase=harvest\nSettle=2ms\n",
                              "[Policy p]\nBase=harvest\nRunners=2\n",
                              "[Policy p]\nSettleSec=1ms\n"}) {
        EXPECT_EQ(objections(scenario + wrong).size(), 1U) << wrong;
    }
}

TEST(ScenarioText, takes_changes_as_if_they_stood_at_its_end) {
    const std::string text = "[Device gpu]\nSharing=processor\n[Job a]\nPriority=0\n";
    const ScenarioRead read = parse_scenario(
        "a.conf", text, {"Job a.Priority=7", "Memory.ContentionLoss=0.5", "Scenario.Seed=3"});
    EXPECT_EQ(read.remarks.errors(), 0U);
    EXPECT_EQ(read.scenario.jobs[0].priority, 7);
    EXPECT_EQ(read.scenario.memory.bus.contention_loss, 0.5);
    EXPECT_EQ(read.scenario.seed, 3U);
    for (const char* wrong : {"", "Seed=3", "Scenario.Seed", "Scenario.Sed=3", "Job c.Kernels=0"}) {
        EXPECT_EQ(parse_scenario("a.conf", text, {wrong}).remarks.errors(), 1U) << wrong;
    }
}

TEST(ScenarioText, knows_every_setting_of_policies) {
    std::string scenario = "[Device gpu]\nSharing=processor\n[Job a]\nPriority=0\n";
    scenario += "[Policy p]\nBase=earliest-deadlines\nRunners=3\nFirm=yes\nSettleSec=200us\n";
    scenario += "[Policy q]\nBase=patience\nPatience=0.25\n";
    scenario += "[Policy r]\nBase=priority-aging\nAgingSec=100ms\nQuantumSec=2ms\n";
    const ScenarioRead read = parse_scenario("a.conf", scenario);
    ASSERT_EQ(read.remarks.errors(), 0U);
    const std::vector<PolicyModel>& policies = read.scenario.policies;
    ASSERT_EQ(policies.size(), 3U);
    EXPECT_EQ(
        policies[0].settings,
        (PolicySettings{.settle = std::chrono::microseconds(200), .runners = 3, .firm = true}));
    EXPECT_EQ(policies[1].settings, PolicySettings{.patience = 0.25});
    EXPECT_EQ(policies[2].settings,
              (PolicySettings{.quantum = std::chrono::milliseconds(2),
                              .aging = std::chrono::milliseconds(100)}));
    EXPECT_THAT(objections("[Device gpu]\nSharing=processor\n[Job a]\nPriority=0\n"
                           "[Policy p]\nBase=harvest\nSetleSec=1ms\n"),
                ElementsAre("a.conf:7: SetleSec= is not known here; did you mean SettleSec?"));
}

TEST(ScenarioText, is_bounded) {
    std::string many = "[Device gpu]\nSharing=processor\n[Job a]\nPriority=0\n";
    for (std::size_t policy = 0; policy <= most_policies; ++policy) {
        many += "[Policy p" + std::to_string(policy) + "]\nBase=observe-only\n";
    }
    EXPECT_EQ(objections(many).size(), 1U);
}

TEST(ScenarioText, fits_every_scenario_that_is_shipped) {
    std::size_t seen = 0;
    for (const auto& file : std::filesystem::directory_iterator(PENSTOCK_SCENARIOS)) {
        const Scenario scenario = shipped(file.path().stem());
        EXPECT_FALSE(scenario.jobs.empty());
        ++seen;
    }
    EXPECT_GE(seen, 10U);
}

TEST(Suggestion, is_near_or_nothing) {
    constexpr std::array<std::string_view, 3> known{"Device", "Priority", "KernelSec"};
    EXPECT_EQ(nearest("Prioritty", known), "Priority");
    EXPECT_EQ(nearest("kernelsec", known), "KernelSec");
    EXPECT_EQ(nearest("Weight", known), "");
    EXPECT_EQ(nearest(std::string(500, 'x'), known), "");
}

}  // namespace
}  // namespace penstock::sim
