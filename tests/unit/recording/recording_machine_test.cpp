// SPDX-License-Identifier: Apache-2.0
//
// What a recording holds, and that playing it gives the same answers again.

#include "agent/probes/recording/recording_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/probes/recording/recording_limits.h"
#include "tests/unit/recording/taped.h"

namespace penstock::test {
namespace {

using testing::HasSubstr;

const std::array<PerfEvent, 2> two_events{
    {{.type = 24, .config = 0x304}, {.type = 24, .config = 0xc04}}};

TEST(RecordingMachine, writes_each_kind_of_answer) {
    Tape tape;
    tape.paper.files["sys/a"] = "12\n";
    tape.paper.files["sys/b"] = std::string("\0\xff", 2);
    tape.paper.folders["sys"] = {"a", "b"};
    tape.paper.links["sys/l"] = "../up";
    tape.paper.counts = {
        .enabled = Duration(30), .running = Duration(20), .size = 2, .values = {7, UINT64_MAX}};
    tape.tick(10);
    static_cast<void>(tape.machine().read("sys/a"));
    static_cast<void>(tape.machine().read("sys/b"));
    static_cast<void>(tape.machine().read("sys/c"));
    static_cast<void>(tape.machine().list("sys"));
    static_cast<void>(tape.machine().list("proc"));
    static_cast<void>(tape.machine().link("sys/l"));
    const auto group = tape.machine().open_counters(two_events, 3);
    ASSERT_TRUE(group);
    static_cast<void>((*group)->read());
    EXPECT_EQ(tape.answers(),
              R"({"tick":10})"
              "\n"
              R"({"file":"sys/a","text":"12\n"})"
              "\n"
              R"({"file":"sys/b","base64":"AP8="})"
              "\n"
              R"({"file":"sys/c","errno":2})"
              "\n"
              R"({"list":"sys","names":["a","b"]})"
              "\n"
              R"({"list":"proc","errno":2})"
              "\n"
              R"({"link":"sys/l","target":"../up"})"
              "\n"
              R"({"counters":{"events":[{"type":24,"config":772,"config1":0,"config2":0},)"
              R"({"type":24,"config":3076,"config1":0,"config2":0}],"cpu":3},)"
              R"("opened":true,"group":0})"
              "\n"
              R"({"counts":0,"enabled":30,"running":20,"values":[7,18446744073709551615]})"
              "\n");
}

TEST(RecordingMachine, does_not_repeat_an_answer_that_stays_the_same) {
    Tape tape;
    tape.paper.files["sys/a"] = "1";
    for (int tick = 1; tick <= 3; ++tick) {
        tape.tick(tick);
        static_cast<void>(tape.machine().read("sys/a"));
        static_cast<void>(tape.machine().read("sys/gone"));
    }
    EXPECT_EQ(tape.answers(),
              R"({"tick":1})"
              "\n"
              R"({"file":"sys/a","text":"1"})"
              "\n"
              R"({"file":"sys/gone","errno":2})"
              "\n"
              R"({"tick":2})"
              "\n"
              R"({"tick":3})"
              "\n");
}

TEST(RecordingMachine, is_played_with_every_answer_as_often_as_it_was_given) {
    Tape tape;
    // Of one tick: the answers to a question asked again and again.
    const std::vector<std::vector<std::string>> script{
        {"a", "a", "b"}, {"b", "b", "a", "a"}, {"a"}, {"a", "b", "a"}, {}, {"a", "a"}, {"c"}};
    std::int64_t ns = 0;
    for (const auto& tick : script) {
        tape.tick(++ns);
        for (const std::string& content : tick) {
            tape.paper.files["sys/x"] = content;
            static_cast<void>(tape.machine().read("sys/x"));
        }
    }
    const auto played = tape.play();
    for (const auto& tick : script) {
        ASSERT_TRUE(*played->advance());
        for (const std::string& content : tick) {
            EXPECT_EQ(*played->read("sys/x"), content);
        }
    }
    EXPECT_FALSE(*played->advance());
}

TEST(RecordingMachine, is_played_with_the_failures_of_open_files_and_of_opening_them) {
    Tape tape;
    tape.paper.files["sys/x"] = "1";
    tape.tick(1);
    auto file = tape.machine().open("sys/x");
    ASSERT_TRUE(file);
    EXPECT_EQ(said_by(**file), "1");
    tape.tick(2);
    tape.paper.files.clear();
    EXPECT_EQ(said_by(**file), "errno 19");
    EXPECT_FALSE(tape.machine().open("sys/x"));
    tape.tick(3);
    tape.paper.files["sys/x"] = "2";
    file = tape.machine().open("sys/x");
    EXPECT_EQ(said_by(**file), "2");

    const auto played = tape.play();
    ASSERT_TRUE(*played->advance());
    auto again = played->open("sys/x");
    ASSERT_TRUE(again);
    EXPECT_EQ(said_by(**again), "1");
    ASSERT_TRUE(*played->advance());
    EXPECT_EQ(said_by(**again), "errno 19");
    EXPECT_EQ(played->open("sys/x").error().message(), "open /sys/x: No such file or directory");
    ASSERT_TRUE(*played->advance());
    again = played->open("sys/x");
    ASSERT_TRUE(again);
    EXPECT_EQ(said_by(**again), "2");
}

TEST(RecordingMachine, is_played_with_counters) {
    Tape tape;
    tape.tick(1);
    tape.paper.counters_errno = EACCES;
    EXPECT_FALSE(tape.machine().open_counters(two_events, 0));
    tape.paper.counters_errno = 0;
    tape.paper.counts = {
        .enabled = Duration(9), .running = Duration(9), .size = 2, .values = {1, 2}};
    auto group = tape.machine().open_counters(two_events, 0);
    static_cast<void>((*group)->read());
    tape.tick(2);
    tape.paper.counters_errno = ENODEV;
    static_cast<void>((*group)->read());

    const auto played = tape.play();
    ASSERT_TRUE(*played->advance());
    EXPECT_EQ(played->open_counters(two_events, 0).error().code, EACCES);
    EXPECT_EQ(played->open_counters(two_events, 1).error().code, ENOENT) << "another processor";
    auto again = played->open_counters(two_events, 0);
    ASSERT_TRUE(again);
    const auto counts = (*again)->read();
    ASSERT_TRUE(counts);
    EXPECT_EQ(counts->size, 2U);
    EXPECT_EQ(counts->values[1], 2U);
    EXPECT_EQ(counts->enabled, Duration(9));
    ASSERT_TRUE(*played->advance());
    EXPECT_EQ((*again)->read().error(), ENODEV);
}

TEST(RecordingMachine, keeps_the_sentence_of_a_failure_without_errno) {
    Tape tape;
    tape.tick(1);
    tape.writer().counters(two_events, 0, fail("counters of another machine can not be opened"));
    const auto played = tape.play();
    ASSERT_TRUE(*played->advance());
    EXPECT_EQ(played->open_counters(two_events, 0).error().message(),
              "counters of another machine can not be opened");
}

TEST(RecordingMachine, tells_of_an_answer_that_is_too_long_for_a_line) {
    Tape tape;
    tape.tick(1);
    tape.writer().file(
        "sys/long", std::string_view(std::string(recording::longest_line, 'x')), true);
    EXPECT_THAT(tape.answers(), HasSubstr(R"({"file":"sys/long","errno":27})"));
}

TEST(RecordingMachine, ends_with_the_first_failure_of_its_file) {
    recording::RecordingWriter writer(
        [](std::string_view) { return Result<>(fail(ENOSPC, "write it")); }, {}, "a test");
    EXPECT_EQ(writer.tick(from_ns(1)).error().code, ENOSPC);
    EXPECT_EQ(writer.tick(from_ns(2)).error().code, ENOSPC);
    EXPECT_EQ(writer.finish().error().code, ENOSPC);
    EXPECT_EQ(writer.ticks(), 0U);
}

}  // namespace
}  // namespace penstock::test
