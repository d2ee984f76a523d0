// SPDX-License-Identifier: Apache-2.0

#include "policies/descent_watch.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

using namespace std::chrono_literals;

constexpr Descent rule{.allotment = 2ms, .levels = 4, .rise = 1s};

TEST(DescentWatch, falls_when_what_a_level_allows_is_used_up) {
    DescentWatch watch;
    watch.begin(TimePoint(100ms), 0ms);
    const auto level_after = [&](Duration served) {
        watch.look(rule, TimePoint(100ms), served);
        return int{watch.level()};
    };
    EXPECT_EQ(level_after(0ms), 0);
    EXPECT_EQ(level_after(2ms - 1ns), 0);
    EXPECT_EQ(level_after(2ms), 1);
    EXPECT_EQ(level_after(6ms), 2);
    EXPECT_EQ(level_after(14ms), 3);
    EXPECT_EQ(level_after(1h), 3) << "there is no lower one";
}

TEST(DescentWatch, rises_with_everybody_else) {
    DescentWatch watch;
    watch.begin(TimePoint(100ms), 0ms);
    watch.look(rule, TimePoint(999ms), 20ms);
    EXPECT_EQ(watch.level(), 3);
    EXPECT_EQ(watch.next_look(rule, TimePoint(999ms), 1), 1ms);
    watch.look(rule, TimePoint(1s), 20ms);
    EXPECT_EQ(watch.level(), 0);
    watch.look(rule, TimePoint(1500ms), 23ms);
    EXPECT_EQ(watch.level(), 1);
}

TEST(DescentWatch, never_rises_without_a_time_for_it) {
    constexpr Descent for_good{.allotment = 2ms, .levels = 4};
    DescentWatch watch;
    watch.begin(TimePoint(0ms), 0ms);
    watch.look(for_good, TimePoint(1h), 20ms);
    watch.look(for_good, TimePoint(9h), 20ms);
    EXPECT_EQ(watch.level(), 3);
    EXPECT_EQ(watch.next_look(for_good, TimePoint(9h), 1), RankedOwner::longest_wait);
}

TEST(DescentWatch, starts_new_work_at_the_top_after_a_pause_as_long_as_the_service) {
    for (const auto& [pause, level] :
         {std::pair{Duration(19ms), 3}, std::pair{Duration(20ms), 0}}) {
        DescentWatch watch;
        watch.begin(TimePoint(1s), 0ms);
        watch.look(rule, TimePoint(1020ms), 0ms);
        watch.look(rule, TimePoint(1020ms), 20ms);
        watch.end(TimePoint(1020ms));
        watch.begin(TimePoint(1020ms) + pause, 20ms);
        watch.look(rule, TimePoint(1020ms) + pause, 20ms);
        EXPECT_EQ(watch.level(), level) << pause / 1ms;
    }
}

TEST(DescentWatch, looks_again_when_the_level_may_be_used_up) {
    DescentWatch watch;
    watch.begin(TimePoint(1s), 0ms);
    watch.look(rule, TimePoint(1s), 0ms);
    watch.look(rule, TimePoint(1s), 1ms);
    EXPECT_EQ(watch.next_look(rule, TimePoint(1s), 1), 1ms);
    EXPECT_EQ(watch.next_look(rule, TimePoint(1s), 3), 3ms) << "three share the device";
    watch.look(rule, TimePoint(1s), 2ms - 1ns);
    EXPECT_EQ(watch.next_look(rule, TimePoint(1s), 0), 100us) << "not by the nanosecond";
}

}  // namespace
}  // namespace penstock
