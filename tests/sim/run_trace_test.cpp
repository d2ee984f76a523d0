// SPDX-License-Identifier: Apache-2.0

#include "sim/run_trace.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/machine/simulation.h"
#include "tests/sim/stage.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;

Scenario second_of(const std::string& name) {
    Scenario scenario = shipped(name);
    scenario.duration = 1s;
    scenario.warm_up = 0s;
    return scenario;
}

TEST(RunTrace, has_each_span_in_which_a_job_was_served) {
    const Scenario scenario = second_of("p1_priority");
    std::vector<RunTrace> traces;
    const Comparison comparison = *compare(scenario, {"native", "quick"}, {.traces = &traces});
    ASSERT_EQ(traces.size(), 2U);
    for (std::size_t run = 0; run < traces.size(); ++run) {
        std::array<Duration, 2> spans{};
        TimePoint before = Simulation::origin;
        for (const RunTrace::Span& span : traces[run].spans()) {
            spans.at(span.process) += span.to - span.from;
            EXPECT_GE(span.from, before) << "first come, first served: one after the other";
            before = span.to;
        }
        EXPECT_EQ(spans[0], comparison.runs[run].jobs[0].service);
        EXPECT_EQ(spans[1], comparison.runs[run].jobs[1].service);
        EXPECT_FALSE(traces[run].full_at());
    }
}

TEST(RunTrace, marks_suspensions_where_there_are_any) {
    const Scenario scenario = second_of("p1_priority");
    std::vector<RunTrace> traces;
    const Comparison comparison = *compare(scenario, {"native", "quick"}, {.traces = &traces});
    EXPECT_TRUE(traces[0].marks().empty());
    const auto& marks = traces[1].marks();
    const auto suspends = std::ranges::count(marks, true, &RunTrace::Mark::suspends);
    EXPECT_EQ(static_cast<std::uint64_t>(suspends), comparison.runs[1].jobs[1].preemptions);
    EXPECT_TRUE(std::ranges::all_of(marks, [](const auto& mark) { return mark.process == 1; }));
}

TEST(RunTrace, changes_nothing_of_the_run) {
    const Scenario scenario = second_of("p2_priority_save");
    std::vector<RunTrace> traces;
    const Comparison watched = *compare(scenario, {"quick"}, {.traces = &traces});
    EXPECT_EQ(watched.runs[0].events, compare(scenario, {"quick"})->runs[0].events);
}

TEST(RunTrace, ends_where_it_is_full) {
    RunTrace trace("full", 3);
    for (int number = 0; number < 5; ++number) {
        trace.runs(0, true, TimePoint(number * 2ms));
        EXPECT_EQ(trace.follows(), number <= 3);
        trace.runs(0, false, TimePoint((number * 2ms) + 1ms));
    }
    trace.ordered(0, true, TimePoint(99ms));
    EXPECT_EQ(trace.spans().size(), 3U);
    EXPECT_TRUE(trace.marks().empty());
    EXPECT_EQ(trace.full_at(), TimePoint(7ms));
}

TEST(ChromeTrace, is_json_that_says_what_it_is_of) {
    Scenario scenario = second_of("p1_priority");
    scenario.duration = 200ms;
    scenario.jobs[0].name = R"("fore\ground")";
    scenario.jobs[1].processes = 2;
    std::vector<RunTrace> traces;
    ASSERT_TRUE(compare(scenario, {"native", "quick"}, {.traces = &traces}));
    const auto json = nlohmann::json::parse(chrome_trace(scenario, traces));
    EXPECT_TRUE(json["otherData"]["simulated"]);
    std::vector<std::string> names;
    std::size_t spans = 0;
    for (const auto& event : json["traceEvents"]) {
        if (event["ph"] == "M") {
            names.push_back(event["args"]["name"]);
        }
        spans += event["ph"] == "X" ? 1U : 0U;
    }
    const std::vector<std::string> threads{R"("fore\ground")", "background 1", "background 2"};
    EXPECT_EQ(names.size(), 8U);
    EXPECT_EQ(names[0], "native: gpu");
    EXPECT_TRUE(std::equal(threads.begin(), threads.end(), names.begin() + 1));
    EXPECT_EQ(spans, traces[0].spans().size() + traces[1].spans().size());
}

}  // namespace
}  // namespace penstock::sim
