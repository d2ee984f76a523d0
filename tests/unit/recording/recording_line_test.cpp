// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/recording/recording_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock::recording {
namespace {

using testing::HasSubstr;

template <typename T>
T understood(const std::string& line) {
    const Result<Line> parsed = parse_line(line);
    EXPECT_TRUE(parsed) << parsed.error().message();
    return std::get<T>(*parsed);
}

std::string complaint(const std::string& line) {
    const Result<Line> parsed = parse_line(line);
    EXPECT_FALSE(parsed) << line;
    return parsed ? "" : parsed.error().message();
}

TEST(RecordingLine, says_what_a_file_held_or_why_not) {
    EXPECT_EQ(understood<FileAnswer>(R"({"file":"a","text":"x"})").content, "x");
    EXPECT_EQ(understood<FileAnswer>(R"({"file":"a","base64":"AP8="})").content,
              std::string("\0\xff", 2));
    const auto gone = understood<FileAnswer>(R"({"file":"sys/a","errno":13})");
    EXPECT_EQ(gone.content.error().message(), "open /sys/a: Permission denied");
    EXPECT_FALSE(gone.opened);
    const auto read = understood<FileAnswer>(R"({"file":"sys/a","errno":22,"opened":true})");
    EXPECT_EQ(read.content.error().message(), "read /sys/a: Invalid argument");
    EXPECT_TRUE(read.opened);
}

TEST(RecordingLine, may_have_members_of_a_later_version) {
    EXPECT_EQ(understood<Tick>(R"({"tick":4,"mood":{"deep":[[[[1]]]]}})").now, from_ns(4));
}

TEST(RecordingLine, keeps_no_control_characters_of_a_sentence) {
    const auto told = understood<LinkAnswer>("{\"link\":\"a\",\"errno\":0,\"why\":\"\\u001b[2J\"}");
    EXPECT_EQ(told.target.error().message(), "?[2J");
    const auto untold = understood<LinkAnswer>(R"({"link":"a","errno":0})");
    EXPECT_THAT(untold.target.error().message(), HasSubstr("failed when it was recorded"));
}

TEST(RecordingLine, refuses_paths_that_are_none) {
    for (const std::string& path : {std::string("7"),
                                    std::string("\"\""),
                                    std::string("\"/etc\""),
                                    std::string("null"),
                                    '"' + std::string(4097, 'x') + '"'}) {
        EXPECT_THAT(complaint("{\"file\":" + path + ",\"text\":\"x\"}"),
                    HasSubstr("\"file\" is not"));
        EXPECT_THAT(complaint("{\"list\":" + path + ",\"names\":[]}"),
                    HasSubstr("\"list\" is not"));
        EXPECT_THAT(complaint("{\"link\":" + path + ",\"target\":\"\"}"),
                    HasSubstr("\"link\" is not"));
    }
}

TEST(RecordingLine, refuses_answers_that_are_none) {
    for (const char* line : {R"({"file":"a"})",
                             R"({"file":"a","text":7})",
                             R"({"file":"a","base64":"A"})",
                             R"({"file":"a","errno":-1})",
                             R"({"file":"a","errno":4096})",
                             R"({"file":"a","errno":1.5})",
                             R"({"list":"a"})",
                             R"({"list":"a","names":{"b":1}})",
                             R"({"list":"a","names":[""]})",
                             R"({"list":"a","names":[7]})",
                             R"({"link":"a"})",
                             R"({"tick":-1})",
                             R"({"tick":18446744073709551615})",
                             R"({"tick":"1"})",
                             R"({"counters":7,"opened":true,"group":0})",
                             R"({"counters":{"events":[],"cpu":0},"opened":true,"group":0})",
                             R"({"counters":{"events":[{"type":1}],"cpu":0},"opened":true})",
                             R"({"counts":0})",
                             R"({"counts":0,"errno":0})",
                             R"({"counts":65536,"errno":1})",
                             R"({"counts":0,"enabled":1,"running":1,"values":[]})",
                             R"({"counts":0,"enabled":1,"running":1,"values":[-1]})",
                             R"({"counts":0,"enabled":1,"running":-1,"values":[1]})",
                             R"([1])",
                             R"(7)",
                             R"({"tick":1} {"tick":2})"}) {
        EXPECT_NE(complaint(line), "") << line;
    }
}

TEST(RecordingLine, refuses_groups_that_are_too_large) {
    std::string events;
    for (int each = 0; each < 17; ++each) {
        events += R"({"type":1,"config":0,"config1":0,"config2":0},)";
    }
    events.pop_back();
    EXPECT_THAT(
        complaint(R"({"counters":{"events":[)" + events + R"(],"cpu":0},"opened":true,"group":0})"),
        HasSubstr("up to 16 events"));
    std::string values = "1";
    for (int each = 0; each < 16; ++each) {
        values += ",1";
    }
    EXPECT_THAT(complaint(R"({"counts":0,"enabled":1,"running":1,"values":[)" + values + "]}"),
                HasSubstr("up to 16"));
}

TEST(RecordingLine, does_not_build_what_is_nested_without_end) {
    EXPECT_NE(complaint(std::string(100'000, '[')), "");
    EXPECT_NE(complaint(std::string(100'000, '[') + std::string(100'000, ']')), "");
    EXPECT_EQ(understood<Tick>("{\"tick\":1,\"x\":" + std::string(100'000, '[') +
                               std::string(100'000, ']') + "}")
                  .now,
              from_ns(1));
}

TEST(RecordingLine, has_a_head_of_this_version_only) {
    const auto head = understood<Head>(R"({"penstock_recording":1,"started":2.5,"started_at_ns":9,)"
                                       R"("period_ns":7,"emulated":true})");
    EXPECT_EQ(head.started, 2.5);
    EXPECT_EQ(head.period, Duration(7));
    EXPECT_EQ(head.started_at, from_ns(9));
    EXPECT_TRUE(head.emulated);
    for (const char* line :
         {R"({"penstock_recording":0})",
          R"({"penstock_recording":1})",
          R"({"penstock_recording":1,"started_at_ns":9,"emulated":true})",
          R"({"penstock_recording":1,"started":1,"started_at_ns":9,"period_ns":1})",
          R"({"penstock_recording":1,"started":-1,"started_at_ns":9,"period_ns":1})",
          R"({"penstock_recording":1,"started":1,"started_at_ns":9,"period_ns":0})"}) {
        EXPECT_NE(complaint(line), "") << line;
    }
}

}  // namespace
}  // namespace penstock::recording
