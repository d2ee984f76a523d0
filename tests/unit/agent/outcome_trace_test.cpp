// SPDX-License-Identifier: Apache-2.0

#include "agent/outcome_trace.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/fakes/scratch_tree.h"

namespace penstock {
namespace {

struct OutcomeTraceTest : ::testing::Test {
    fakes::ScratchTree folder;
    std::string path = folder.root() + "/trace.ndjson";

    [[nodiscard]] std::vector<nlohmann::json> lines() const {
        std::ifstream file(path);
        std::vector<nlohmann::json> all;
        for (std::string line; std::getline(file, line);) {
            all.push_back(nlohmann::json::parse(line));
        }
        return all;
    }
};

TEST_F(OutcomeTraceTest, writes_every_field_of_a_report) {
    Result<OutcomeTrace> trace = OutcomeTrace::open(path);
    ASSERT_TRUE(trace);
    trace->acted({.owner = {1},
                  .gpu = {7},
                  .verb = Verb::suspend,
                  .reason = Reason::higher_rank_has_work,
                  .error = 1,
                  .queues = 3,
                  .cause = {2},
                  .written = 11,
                  .seen_ns = 100,
                  .woken_ns = 101,
                  .entered_ns = 102,
                  .done_ns = 103},
                 42,
                 43);
    trace->flush();

    const auto written = lines();
    ASSERT_EQ(written.size(), 1U);
    const nlohmann::json expected = {{"verb", "suspend"},
                                     {"reason", "higher-rank-has-work"},
                                     {"pid", 42},
                                     {"gpu_id", 7},
                                     {"queue", nullptr},
                                     {"queues", 3},
                                     {"cause_pid", 43},
                                     {"written", 11},
                                     {"seen_ns", 100},
                                     {"woken_ns", 101},
                                     {"entered_ns", 102},
                                     {"done_ns", 103},
                                     {"error", 1}};
    EXPECT_EQ(written[0], expected);
}

TEST_F(OutcomeTraceTest, keeps_the_order_of_requests_and_reports) {
    Result<OutcomeTrace> trace = OutcomeTrace::open(path);
    ASSERT_TRUE(trace);
    trace->requested("set-priority", 42, from_ns(5));
    trace->acted({.verb = Verb::resume, .reason = Reason::release, .queue = 5}, 0, 0);
    trace->flush();

    const auto written = lines();
    ASSERT_EQ(written.size(), 2U);
    EXPECT_EQ(written[0],
              (nlohmann::json{{"request", "set-priority"}, {"pid", 42}, {"received_ns", 5}}));
    EXPECT_EQ(written[1]["reason"], "release");
    EXPECT_EQ(written[1]["queue"], 5);
}

TEST_F(OutcomeTraceTest, holds_lines_back_until_it_is_told_or_has_many) {
    Result<OutcomeTrace> trace = OutcomeTrace::open(path);
    ASSERT_TRUE(trace);
    trace->requested("resume-all", 0, from_ns(1));
    EXPECT_TRUE(lines().empty());
    for (int i = 0; i < 1000; ++i) {
        trace->acted({}, 1, 2);
    }
    EXPECT_FALSE(lines().empty());
}

TEST_F(OutcomeTraceTest, does_not_follow_a_link_that_somebody_planted) {
    std::filesystem::create_symlink(folder.root() + "/victim", path);
    EXPECT_FALSE(OutcomeTrace::open(path));
}

TEST_F(OutcomeTraceTest, writes_nothing_when_none_was_asked_for) {
    OutcomeTrace none;
    none.requested("resume-all", 0, from_ns(1));
    none.acted({}, 1, 2);
    none.flush();
    EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace penstock
