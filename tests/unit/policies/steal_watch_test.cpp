// SPDX-License-Identifier: Apache-2.0

#include "policies/steal_watch.h"

#include <gtest/gtest.h>

#include "policies/past_work.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;

constexpr Steal rule{.rank = 100, .quantum = 4ms, .guard = 100ms};

// An owner that gets so many of each 40 ms, and while it steals, all of them. The quantum that it
// is looked at in is one millisecond.
class Course {
  public:
    Course(Duration cost, Duration deadline) : cost_(cost), due_(TimePoint(deadline)) {
        watch.begin(now, served);
    }

    void pass(Duration time, Duration gap) {
        for (const TimePoint end = now + time; now < end;) {
            const bool in_gap = (now.time_since_epoch() % 40ms) >= 40ms - gap;
            const bool runs = watch.steals() || in_gap;
            stolen += watch.steals() && !in_gap ? 1ms : 0ms;
            now += 1ms;
            served += runs ? 1ms : 0ms;
            look(runs);
        }
    }

    void look(bool runs) {
        watch.look(rule,
                   {.now = now,
                    .due = due_,
                    .served = served,
                    .left = std::max<Duration>(cost_ - served, 1ms),
                    .alone = runs});
    }

    StealWatch watch;
    TimePoint now{};
    Duration served{};
    Duration stolen{};

  private:
    Duration cost_;
    TimePoint due_;
};

TEST(StealWatch, takes_nothing_where_the_gaps_are_enough) {
    Course course(800ms, 3s);
    course.pass(2800ms, 12ms);
    EXPECT_EQ(course.stolen, 0ms);
    EXPECT_GE(course.served, 800ms);
}

TEST(StealWatch, takes_what_the_gaps_lack_and_little_more) {
    Course course(800ms, 3s);
    course.pass(2900ms, 8ms);  // They amount to 580 ms.
    EXPECT_GE(course.served, 800ms);
    EXPECT_GE(course.stolen, 220ms);
    EXPECT_LE(course.stolen, 330ms);
}

TEST(StealWatch, takes_whole_quanta_far_from_each_other) {
    Course course(800ms, 3s);
    Duration longest{};
    Duration at_once{};
    for (int ms = 0; ms < 2500; ++ms) {
        const Duration before = course.stolen;
        course.pass(1ms, 8ms);
        at_once = course.stolen > before ? at_once + 1ms : 0ms;
        longest = std::max(longest, at_once);
    }
    EXPECT_GE(longest, 3ms);
    EXPECT_LE(longest, 12ms) << "three quanta are the most that it saves up";
}

TEST(StealWatch, runs_until_it_is_done_when_no_time_is_left) {
    Course course(500ms, 1s);
    course.now += 400ms;
    course.look(false);
    EXPECT_TRUE(course.watch.steals());
    course.pass(499ms, 0ms);
    EXPECT_EQ(course.served, 499ms);
}

TEST(StealWatch, goes_on_after_its_deadline) {
    Course course(50ms, 200ms);
    course.now += 10s;
    course.look(false);
    EXPECT_TRUE(course.watch.steals());
}

TEST(StealWatch, begins_anew_with_each_piece_of_work) {
    Course course(500ms, 1s);
    course.now += 10s;
    course.look(false);
    course.watch.begin(course.now, course.served);
    EXPECT_FALSE(course.watch.steals());
}

TEST(StealWatch, looks_again_when_its_quantum_is_over) {
    Course course(800ms, 1s);
    while (!course.watch.steals()) {
        course.pass(1ms, 0ms);
    }
    EXPECT_EQ(course.watch.next_look(rule, 1), rule.quantum);
    EXPECT_EQ(course.watch.next_look(rule, 3), 3 * rule.quantum) << "three share the device";
    EXPECT_EQ(course.watch.next_look(rule, 0), rule.quantum);
}

TEST(StealWatch, never_looks_without_a_pause) {
    StealWatch watch;
    watch.begin(TimePoint{}, 0ms);
    EXPECT_EQ(watch.next_look(rule, 1), rule.quantum);
    const Steal tiny{.rank = 1, .quantum = 1ns};
    EXPECT_GE(watch.next_look(tiny, 1), 1ns);
    watch.look(tiny, {.now = TimePoint(1h), .due = TimePoint(2h), .left = 1h});
    EXPECT_GE(watch.next_look(tiny, 1), 100us);
}

TEST(PastWork, is_the_longest_of_the_latest_sixteen) {
    PastWork past;
    EXPECT_EQ(past.usual(), 0ms);
    past.add(9ms);
    for (int each = 1; each < 16; ++each) {
        past.add(2ms);
    }
    EXPECT_EQ(past.usual(), 9ms);
    past.add(3ms);
    EXPECT_EQ(past.usual(), 3ms) << "the first one is forgotten";
}

}  // namespace
}  // namespace penstock
