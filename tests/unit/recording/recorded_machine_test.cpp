// SPDX-License-Identifier: Apache-2.0
//
// Recordings from strangers: what is played of them, and what is refused with which sentence.

#include "agent/probes/recording/recorded_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/probes/recording/recording_limits.h"
#include "tests/unit/recording/taped.h"

namespace penstock::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Result<std::unique_ptr<RecordedMachine>> opened(const std::string& text) {
    return RecordedMachine::open(std::make_unique<std::istringstream>(text));
}

std::unique_ptr<RecordedMachine> playing(const std::string& lines) {
    auto machine = opened(head_line + lines);
    EXPECT_TRUE(machine) << machine.error().message();
    return std::move(*machine);
}

// Plays it to its end, or until it is refused.
std::string complaint(const std::string& lines) {
    auto machine = opened(head_line + lines);
    if (!machine) {
        return machine.error().message();
    }
    while (true) {
        const auto tick = (*machine)->advance();
        if (!tick) {
            return tick.error().message();
        }
        if (!*tick) {
            return "";
        }
    }
}

TEST(RecordedMachine, knows_when_and_on_what_it_was_recorded) {
    const auto machine = playing("");
    EXPECT_EQ(machine->head().started, 1.5);
    EXPECT_EQ(machine->head().started_at, from_ns(5));
    EXPECT_FALSE(machine->head().emulated);
    EXPECT_FALSE(*machine->advance());
    EXPECT_FALSE(*machine->advance()) << "the end stays the end";
}

TEST(RecordedMachine, goes_from_tick_to_tick) {
    const auto machine = playing("{\"tick\":7}\n{\"tick\":9}");
    EXPECT_EQ(*machine->advance(), from_ns(7));
    EXPECT_EQ(*machine->advance(), from_ns(9));
    EXPECT_FALSE(*machine->advance());
}

TEST(RecordedMachine, holds_the_last_answer_and_knows_nothing_that_was_not_recorded) {
    const auto machine = playing(R"({"list":"sys","names":["a"]})"
                                 "\n{\"tick\":1}\n"
                                 R"({"file":"sys/a","text":"one"})"
                                 "\n{\"tick\":2}\n{\"tick\":3}\n");
    EXPECT_EQ(machine->read("sys/a").error().code, ENOENT);
    EXPECT_EQ(machine->list("sys")->size(), 1U) << "what lies before the first tick is known";
    ASSERT_TRUE(*machine->advance());
    ASSERT_TRUE(*machine->advance());
    ASSERT_TRUE(*machine->advance());
    EXPECT_EQ(*machine->read("sys/a"), "one") << "although nobody had asked in its tick";
    EXPECT_EQ(machine->list("sys")->size(), 1U);
    EXPECT_EQ(machine->list("proc").error().message(), "list /proc: No such file or directory");
    EXPECT_EQ(machine->link("sys/a").error().code, ENOENT);
    EXPECT_EQ(machine->open("sys/b").error().code, ENOENT);
    EXPECT_EQ(machine->open_counters({}, 0).error().code, ENOENT);
}

TEST(RecordedMachine, does_not_read_more_than_is_asked_for) {
    const auto machine = playing(
        "{\"tick\":1}\n"
        R"({"file":"sys/a","text":"abcdef"})"
        "\n");
    ASSERT_TRUE(*machine->advance());
    EXPECT_EQ(machine->read("sys/a", 5).error().code, EFBIG);
    auto file = machine->open("sys/a");
    std::array<char, 4> small{};
    EXPECT_EQ((*file)->read(small), 4U);
    EXPECT_EQ(std::string(small.data(), 4), "abcd");
}

TEST(RecordedMachine, refuses_what_is_no_recording) {
    EXPECT_EQ(opened("").error().message(), "the recording is empty");
    EXPECT_THAT(opened("{\"tick\":1}\n").error().message(),
                StartsWith("line 1: a recording begins with"));
    EXPECT_THAT(opened("\x7f"
                       "ELF")
                    .error()
                    .message(),
                HasSubstr("line 1: it is not a JSON"));
    EXPECT_THAT(opened(R"({"penstock_recording":2})").error().message(),
                HasSubstr("the only version"));
}

TEST(RecordedMachine, names_the_line_that_makes_no_sense) {
    EXPECT_EQ(complaint("{\"tick\":1}\n{}\n"),
              "line 3: it is none of tick, list, file, link, counters and counts");
    EXPECT_THAT(complaint("{\"tick\":1}\n{\"tick\":2}\n{\"file\":"), StartsWith("line 4: "));
    EXPECT_EQ(complaint(head_line), "line 2: a recording begins only once");
    EXPECT_EQ(complaint("{\"tick\":2}\n{\"tick\":2}\n"),
              "line 3: the tick is not later than the one before");
    EXPECT_THAT(complaint("\n"), StartsWith("line 2: it is not a JSON"));
}

TEST(RecordedMachine, refuses_counts_of_no_group_and_of_another_size) {
    const std::string group =
        R"({"counters":{"events":[{"type":1,"config":0,"config1":0,"config2":0}],"cpu":0},)"
        R"("opened":true,"group":4})"
        "\n";
    const std::string one = R"({"counts":4,"enabled":1,"running":1,"values":[1]})";
    const std::string two = R"({"counts":4,"enabled":1,"running":1,"values":[1,2]})";
    EXPECT_EQ(complaint(group + one), "");
    EXPECT_EQ(complaint(one), "line 2: the group 4 was not opened before");
    EXPECT_EQ(complaint(group + two), "line 3: the group has 1 events, and here 2 values");
    EXPECT_EQ(complaint(group + group), "line 3: the group 4 was opened before");
}

TEST(RecordedMachine, takes_a_line_of_the_greatest_length_and_none_that_is_longer) {
    const std::string start = R"({"file":"a","text":")";
    const std::string end = "\"}";
    const std::string fits(recording::longest_line - start.size() - end.size(), 'x');
    EXPECT_EQ(complaint(start + fits + end + '\n'), "");
    EXPECT_EQ(complaint(start + fits + end), "");
    EXPECT_EQ(complaint(start + fits + 'x' + end + '\n'),
              "line 2: it is longer than 1048576 bytes");
}

TEST(RecordedMachine, takes_as_many_questions_as_it_holds_and_no_more) {
    std::string lines;
    for (std::size_t each = 0; each < recording::most_paths; ++each) {
        lines += R"({"link":"a)" + std::to_string(each) + R"(","errno":2})" + '\n';
    }
    EXPECT_EQ(complaint(lines), "");
    lines += R"({"link":"b","errno":2})";
    EXPECT_EQ(complaint(lines), "line 65538: it asks about more than 65536 things");
}

}  // namespace
}  // namespace penstock::test
