// SPDX-License-Identifier: Apache-2.0

#include "agent/decisions/decision_reader.h"

#include <gmock/gmock.h>

#include "tests/unit/decisions/taped.h"

namespace penstock::decisions {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// What is wrong with the first line.
std::string head_objection(const std::string& text) {
    const Result<DecisionReader> reader = open_text(text);
    return reader ? "" : reader.error().message();
}

TEST(DecisionReader, begins_with_its_head_and_version) {
    EXPECT_EQ(head_objection(""), "the record is empty");
    EXPECT_THAT(head_objection("nonsense\n"), StartsWith("line 1: a record of decisions begins"));
    EXPECT_EQ(head_objection(R"({"penstock_decisions":2})"
                             "\n"),
              "line 1: the record is of version 2, and this program reads version 1");
    EXPECT_EQ(head_objection(R"({"penstock_decisions":1,"program":"x","started":0})"
                             "\n"),
              "line 1: \"started_at_ns\" is missing");
    EXPECT_EQ(head_objection(head_line), "");
}

// An agent may be killed, or a disk be full, at any byte.
TEST(DecisionReader, says_where_a_record_was_cut_short) {
    EXPECT_THAT(objection_to(""), StartsWith("line 1: the record stops here without an end"));
    EXPECT_THAT(objection_to(R"({"tick":{"now_ns":5}})"
                             "\n"),
                StartsWith("line 2: the record stops here"));
    EXPECT_EQ(objection_to(R"({"tick":{"now_ns":5)"), "line 2: it is cut short");
    EXPECT_EQ(objection_to(R"({"end":"x"})"
                           "\n"),
              "");
}

// Times that a policy subtracts must not overflow, and none may come before another.
TEST(DecisionReader, refuses_time_that_runs_backwards) {
    EXPECT_EQ(objection_to(R"({"tick":{"now_ns":5}})"
                           "\n"
                           R"({"tick":{"now_ns":4}})"
                           "\n"),
              "line 3: time runs backwards, from 5 to 4 ns");
    EXPECT_THAT(objection_to(R"({"tick":{"now_ns":9223372036854775807}})"
                             "\n"),
                StartsWith("line 2: \"tick.now_ns\" is not a whole number"));
}

// One wrong member of each shape that there is.
TEST(DecisionReader, names_the_member_that_makes_no_sense) {
    const auto of_owner = [](const std::string& members) {
        return objection_to(R"({"tick":{"owners":[{"id":3,)" + members + "}]}}\n");
    };
    EXPECT_THAT(
        of_owner(R"("pid":-1)"),
        StartsWith("line 2: \"tick.owners.pid\" is not a whole number from 0 to 4294967295"));
    EXPECT_THAT(of_owner(R"("level":6)"), HasSubstr("\"tick.owners.level\" is not"));
    EXPECT_THAT(of_owner(R"("command":5)"), HasSubstr("\"tick.owners.command\" is not a text"));
    EXPECT_THAT(of_owner(R"("use":{"dram":{"value":"much"}})"),
                HasSubstr("\"tick.owners.use.dram.value\" is not a whole number"));
    EXPECT_THAT(of_owner(R"("preemptible":1)"), HasSubstr("is neither true nor false"));
    EXPECT_THAT(of_owner(R"("priority":21)"), HasSubstr("owner 3 has a priority"));
    EXPECT_THAT(of_owner(R"("weight":0)"), HasSubstr("owner 3 has a priority or a weight"));
    EXPECT_THAT(of_owner(R"("tenures":{})"), HasSubstr("\"tick.owners.tenures\" is not a list"));
    EXPECT_THAT(of_owner("\"command\":\"\\u0100\""), HasSubstr("a character beyond"));
    EXPECT_THAT(objection_to(R"({"tick":{"devices":[{"gpu":7,"resume_cost":{"value":-1}}]}})"
                             "\n"),
                HasSubstr("device 7 has a cost"));
    EXPECT_THAT(objection_to(R"({"tick":{"owners":[{"pid":3}]}})"
                             "\n"),
                HasSubstr("\"tick.owners\" has an item without \"id\""));
}

// Each at the limit and one beyond it would take long; beyond it tells that there is one.
TEST(DecisionReader, bounds_lengths) {
    const std::string long_text(5000, 'x');
    EXPECT_THAT(objection_to(R"({"end":")" + long_text + "\"}\n"),
                HasSubstr("has more than 4096 bytes"));
    std::string devices;
    for (int gpu = 0; gpu < 257; ++gpu) {
        devices += (gpu == 0 ? "" : ",") + std::string(R"({"gpu":)") + std::to_string(gpu) + "}";
    }
    EXPECT_THAT(objection_to(R"({"tick":{"devices":[)" + devices + "]}}\n"),
                HasSubstr("\"tick.devices\" has more than 256 items"));
    EXPECT_THAT(objection_to(std::string(longest_line + 1, ' ') + '\n'),
                HasSubstr("line 2: it is longer than 16777216 bytes"));
}

// The buffer grows while the line is read.
TEST(DecisionReader, reads_lines_of_any_length_up_to_the_limit) {
    for (const std::size_t length : {4094U, 4095U, 4096U, 4097U, 8191U, 8192U, 100'000U}) {
        const std::string line = "{\"end\":\"x\",\"padding\":\"";
        const std::string filled = line + std::string(length - line.size() - 2, 'p') + "\"}";
        ASSERT_EQ(filled.size(), length);
        EXPECT_EQ(objection_to(filled + '\n'), "") << length;
        EXPECT_EQ(objection_to(filled), "line 2: it is cut short") << length;
    }
}

// The guard clamps to its limits, which is undefined when they are upside down.
TEST(DecisionReader, refuses_settings_and_limits_that_nobody_has) {
    EXPECT_THAT(objection_to(R"({"policy":"x","settings":{"patience":2}})"
                             "\n"),
                HasSubstr("a value that no policy takes"));
    EXPECT_THAT(objection_to(R"({"limits":{"longest_settle_ns":-1}})"
                             "\n"),
                HasSubstr("beyond an hour, or below nothing"));
    EXPECT_THAT(objection_to(R"({"limits":{"shortest_quantum_ns":2000000000}})"
                             "\n"),
                HasSubstr("not within a second"));
    EXPECT_THAT(objection_to(R"({"acted":{"done_ns":-1}})"
                             "\n"),
                HasSubstr("a time that no clock shows"));
}

// As docs/recording.md promises to versions to come.
TEST(DecisionReader, passes_over_members_of_later_versions_and_no_lines) {
    EXPECT_THAT(objection_to(R"({"tick":{"now_ns":5,"weather":{"a":[1]}},"mood":1})"
                             "\n"),
                HasSubstr("the record stops here"));
    EXPECT_EQ(objection_to(R"({"weather":5})"
                           "\n"),
              "line 2: it is none of tick, acted, policy, limits and end");
}

TEST(DecisionReader, takes_items_off_that_are_gone) {
    Result<DecisionReader> reader =
        open_text(head_line + R"({"tick":{"owners":[{"id":3},{"id":4,"pid":7}]}})"
                              "\n"
                              R"({"tick":{"owners":[{"id":3,"gone":true}]}})"
                              "\n");
    ASSERT_TRUE(reader->next());
    EXPECT_EQ(reader->seen().owners.size(), 2U);
    ASSERT_TRUE(reader->next());
    ASSERT_EQ(reader->seen().owners.size(), 1U);
    EXPECT_EQ(reader->seen().owners.front().pid, 7U);
}

}  // namespace
}  // namespace penstock::decisions
