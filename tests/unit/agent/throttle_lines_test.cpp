// SPDX-License-Identifier: Apache-2.0

#include "agent/throttle_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/journal.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string>& lines() {
    static std::vector<std::string> heard;
    return heard;
}

class ThrottleLinesTest : public testing::Test {
  protected:
    void SetUp() override {
        lines().clear();
        set_journal_sink([](Severity, std::string_view line, Event, std::span<const JournalField>) {
            lines().emplace_back(line);
        });
        seen.now = TimePoint(100s);
        seen.memory = {{.number = 1}, {.number = 4}};
    }

    void TearDown() override { set_journal_sink(nullptr); }

    void note(std::size_t node, ThrottleLevel level, Duration later) {
        seen.now += later;
        seen.memory.at(node).throttle.level = level;
        told.note(seen);
    }

    Snapshot seen{};
    ThrottleLines told{};
};

TEST_F(ThrottleLinesTest, say_nothing_while_nothing_changes) {
    note(0, ThrottleLevel::none, 0s);
    note(1, ThrottleLevel::none, 10s);
    EXPECT_THAT(lines(), IsEmpty());
}

TEST_F(ThrottleLinesTest, tell_levels_with_what_is_used) {
    seen.memory[1].throttle.utilization = 0.912;
    note(1, ThrottleLevel::delay_launch, 10ms);
    EXPECT_THAT(lines(),
                ElementsAre("memory node 4 is at throttle level delay-launch after none: 0.91 of "
                            "what it can move is used"));
}

TEST_F(ThrottleLinesTest, come_once_in_a_second_for_each_node) {
    note(0, ThrottleLevel::reduce_batch, 0s);
    note(0, ThrottleLevel::fall_back, 50ms);
    note(1, ThrottleLevel::reduce_batch, 50ms);
    note(0, ThrottleLevel::delay_launch, 850ms);
    EXPECT_THAT(lines(), ElementsAre(HasSubstr("node 1"), HasSubstr("node 4")));
    note(0, ThrottleLevel::delay_launch, 50ms);
    EXPECT_EQ(lines().size(), 3U);
    EXPECT_THAT(lines().back(), HasSubstr("delay-launch after reduce-batch"));
    EXPECT_THAT(lines().back(), HasSubstr("not measured any more"));
}

}  // namespace
}  // namespace penstock
