// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/source_group.h"

#include <gtest/gtest.h>

#include "tests/fakes/sources.h"

namespace penstock {
namespace {

using fakes::Script;
using fakes::ScriptedSource;
using namespace std::chrono_literals;

class SourceGroupTest : public ::testing::Test {
  protected:
    std::shared_ptr<Script> add(const std::string& name, Duration period) {
        auto script = std::make_shared<Script>();
        group_.add(std::make_unique<ScriptedSource>(name, Source::Pace{.period = period}, script),
                   {.kind = next_kind_++});
        return script;
    }

    Readings run(Duration at) {
        Readings readings;
        group_.run(TimePoint(at), readings);
        return readings;
    }

    fakes::BareMachine machine_;
    SourceGroup group_{machine_, {}};
    std::uint16_t next_kind_ = 0;
};

TEST_F(SourceGroupTest, opens_once_and_reads_at_the_source_s_own_pace) {
    const auto script = add("a", 10ms);
    EXPECT_EQ(run(1s).levels.size(), 1U);
    EXPECT_EQ(run(1s + 9ms).levels.size(), 0U);
    EXPECT_EQ(run(1s + 10ms).levels.size(), 1U);
    EXPECT_EQ(script->opened, 1);
}

TEST_F(SourceGroupTest, keeps_the_pace_when_a_turn_comes_late) {
    const auto script = add("a", 10ms);
    run(1s);
    run(1s + 13ms);
    EXPECT_EQ(run(1s + 20ms).levels.size(), 1U);
}

TEST_F(SourceGroupTest, does_not_make_up_for_turns_that_were_missed) {
    const auto script = add("a", 10ms);
    run(1s);
    run(2s);
    EXPECT_EQ(run(2s + 1ms).levels.size(), 0U);
    EXPECT_EQ(script->read, 2);
}

TEST_F(SourceGroupTest, tells_how_a_source_stands_only_when_that_changes) {
    const auto script = add("a", 10ms);
    const Readings first = run(1s);
    ASSERT_EQ(first.sources.size(), 1U);
    EXPECT_EQ(first.sources[0].state,
              (SourceState{.name = "a", .standing = Standing::available, .reason = "a fake"}));
    EXPECT_TRUE(run(2s).sources.empty());
}

TEST_F(SourceGroupTest, opens_again_at_once_what_a_read_found_gone) {
    const auto script = add("a", 10ms);
    run(1s);
    script->reads = false;
    run(2s);
    script->reads = true;
    const Readings after = run(2s);
    EXPECT_EQ(script->opened, 2);
    EXPECT_EQ(after.reopened.size(), 1U) << "its counters may start anew";
    EXPECT_EQ(after.levels.size(), 1U);
}

TEST_F(SourceGroupTest, looks_again_for_a_source_that_may_come_later) {
    const auto script = add("a", 10ms);
    script->answer = Later{.why = "asleep", .again_in = 5s};
    EXPECT_EQ(run(1s).sources.at(0).state.standing, Standing::later);
    run(5s);
    EXPECT_EQ(script->opened, 1);
    script->answer = Available{"awake"};
    EXPECT_EQ(run(6s).sources.at(0).state.reason, "awake");
}

TEST_F(SourceGroupTest, looks_for_an_absent_source_once_a_minute) {
    const auto script = add("a", 10ms);
    script->answer = Absent{"no such file"};
    EXPECT_EQ(run(1s).sources.at(0).state.reason, "no such file");
    run(60s);
    EXPECT_EQ(script->opened, 1);
    run(61s);
    EXPECT_EQ(script->opened, 2);
}

TEST_F(SourceGroupTest, is_due_when_its_first_source_is) {
    EXPECT_EQ(group_.next_due(), TimePoint::max());
    add("slow", 1s);
    add("fast", 10ms);
    run(1s);
    EXPECT_EQ(group_.next_due(), TimePoint(1s + 10ms));
}

TEST_F(SourceGroupTest, tells_all_sources_whom_to_follow) {
    const auto script = add("a", 10ms);
    group_.follow({.owner = {1}, .pid = 7});
    group_.leave({1});
    EXPECT_EQ(script->followed, 1);
    EXPECT_EQ(script->left, 1);
}

}  // namespace
}  // namespace penstock
