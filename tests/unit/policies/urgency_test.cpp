// SPDX-License-Identifier: Apache-2.0
//
// What waiting and service make of a rank where several rules hold of the same owner.

#include "policies/urgency.h"

#include <gtest/gtest.h>

#include <limits>

namespace penstock {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint start{10s};

// It has had work since the start, and runs.
Seat seat_of(const RankedOwner& place) {
    Seat seat;
    seat.place = place;
    seat.busy = true;
    seat.runs = true;
    begin_wait(seat, start);
    return seat;
}

std::int32_t rank_of(Seat& seat, TimePoint now, std::size_t sharers = 1) {
    settle_rank(seat, now, sharers);
    return seat.rank;
}

TEST(LatestStart, comes_later_as_the_work_is_served_and_never_after_the_deadline) {
    Seat seat = seat_of({.deadline = 20ms, .cost = 5ms});
    EXPECT_EQ(latest_start(seat, start), start + 15ms);
    seat.served = 2ms;
    EXPECT_EQ(latest_start(seat, start), start + 17ms);
    seat.served = 9ms;
    EXPECT_EQ(latest_start(seat, start), start + 20ms) << "it takes longer than it said";
}

TEST(LatestStart, of_a_firm_deadline_counts_until_it_has_passed) {
    Seat seat = seat_of({.deadline = 20ms, .cost = 5ms, .firm = true});
    EXPECT_EQ(latest_start(seat, start + 15ms), start + 15ms);
    EXPECT_EQ(latest_start(seat, start + 15ms + 1ns), TimePoint::max());
    seat.place.firm = false;
    EXPECT_EQ(latest_start(seat, start + 15ms + 1ns), start + 15ms);
}

TEST(LatestStart, does_not_overflow_with_deadlines_and_costs_that_nobody_can_have) {
    EXPECT_EQ(latest_start(seat_of({.deadline = Duration::max()}), start), start + 1h);
    EXPECT_EQ(latest_start(seat_of({.deadline = Duration::max(), .cost = Duration::max()}), start),
              start);
    EXPECT_EQ(latest_start(seat_of({.deadline = Duration::min()}), start), TimePoint::max());
    EXPECT_EQ(work_left(seat_of({.cost = Duration::min()})), 0ns);
}

TEST(WorkLeft, is_nothing_beyond_the_cost_where_what_is_expected_grows_again) {
    Seat seat = seat_of({.cost = 5ms});
    for (const auto& [served, left, expected] : {std::tuple(0ms, 5ms, 5ms),
                                                 std::tuple(2ms, 3ms, 3ms),
                                                 std::tuple(5ms, 0ms, 0ms),
                                                 std::tuple(9ms, 0ms, 4ms)}) {
        seat.served = served;
        EXPECT_EQ(work_left(seat), left) << served.count();
        EXPECT_EQ(expected_left(seat), expected) << served.count();
    }
}

TEST(WorkLeft, is_learnt_only_where_that_is_wanted_and_no_cost_is_declared) {
    Seat seat = seat_of({.learns = true});
    seat.served = 3ms;
    end_work(seat, start + 3ms);
    begin_wait(seat, start + 10ms);
    EXPECT_EQ(work_left(seat), 3ms);
    seat.place.cost = 8ms;
    EXPECT_EQ(work_left(seat), 8ms);
    seat.place = {};
    EXPECT_EQ(work_left(seat), 0ms);
}

TEST(Lateness, of_who_waited_ends_when_its_turn_has_lasted_as_long_as_it_may) {
    Seat seat = seat_of({.late = {.after = 10ms, .rank = 7, .lasts = 2ms}});
    seat.runs = false;
    EXPECT_EQ(rank_of(seat, start + 10ms - 1ns), 0);
    EXPECT_EQ(rank_changes(seat, start, 1), start + 10ms);
    EXPECT_EQ(rank_of(seat, start + 12ms), 7);
    EXPECT_EQ(rank_changes(seat, start + 12ms, 1), std::nullopt) << "not before it runs";
    seat.runs = true;
    note_turn(seat, start + 15ms);
    EXPECT_EQ(rank_changes(seat, start + 15ms, 1), start + 17ms);
    EXPECT_EQ(rank_of(seat, start + 17ms - 1ns), 7);
    EXPECT_EQ(rank_of(seat, start + 17ms), 0);
    seat.runs = false;
    EXPECT_EQ(rank_of(seat, start + 27ms - 1ns), 0) << "the next wait begins only now";
    EXPECT_EQ(rank_of(seat, start + 27ms), 7);
}

TEST(Lateness, that_may_last_no_time_ends_all_the_same) {
    Seat seat = seat_of({.late = {.after = 1ms, .rank = 7, .lasts = -5ms}});
    seat.runs = false;
    ASSERT_EQ(rank_of(seat, start + 1ms), 7);
    seat.runs = true;
    note_turn(seat, start + 1ms);
    EXPECT_EQ(rank_of(seat, start + 1ms + 1ns), 0);
}

TEST(Lateness, by_the_age_of_the_work_comes_to_who_runs_too_and_stays) {
    Seat seat = seat_of({.late = {.after = 10ms, .rank = 7, .since_work = true, .lasts = 1ms}});
    note_turn(seat, start + 9ms);
    EXPECT_EQ(rank_of(seat, start + 10ms), 7);
    note_turn(seat, start + 10ms);
    EXPECT_EQ(rank_of(seat, start + 1h), 7);
    begin_wait(seat, start + 1h);
    EXPECT_EQ(rank_of(seat, start + 1h), 0) << "new work is young";
}

TEST(Rank, is_the_highest_of_what_lateness_and_budget_give_and_descent_leaves) {
    Seat seat = seat_of({.rank = 5,
                         .late = {.after = 10ms, .rank = 9, .since_work = true},
                         .descent = {.allotment = 1ms, .levels = 4},
                         .budget = {.amount = 50ms, .period = 100ms, .rank = 4}});
    EXPECT_EQ(rank_of(seat, start), 5) << "a budget's rank does not lower";
    seat.served = 3ms;
    EXPECT_EQ(rank_of(seat, start), 4) << "two levels down, but its budget lifts it";
    seat.served = 60ms;
    EXPECT_EQ(rank_of(seat, start), 2) << "at the bottom, with its budget spent";
    EXPECT_EQ(rank_of(seat, start + 10ms), 9) << "it is late";
}

TEST(Rank, is_the_lowest_that_there_is_when_a_descent_goes_below_it) {
    constexpr std::int32_t lowest = std::numeric_limits<std::int32_t>::min();
    Seat seat = seat_of({.rank = lowest + 1, .descent = {.allotment = 1ms, .levels = 16}});
    seat.served = 1h;
    EXPECT_EQ(rank_of(seat, start), lowest);
}

TEST(Rank, is_not_raised_by_stealing_without_a_deadline_or_below_its_own) {
    const Steal steal{.rank = 5, .quantum = 1ms, .guard = Duration::max()};
    Seat with = seat_of({.deadline = 1h, .steal = steal});
    EXPECT_EQ(rank_of(with, start), 5) << "the guard time takes all of the deadline";
    Seat without = seat_of({.steal = steal});
    EXPECT_EQ(rank_of(without, start + 2h), 0);
    Seat above = seat_of({.rank = 6, .deadline = 1ms, .steal = steal});
    EXPECT_EQ(rank_of(above, start + 1s), 6);
    with.place.late = {.after = 1ms, .rank = 9, .since_work = true};
    EXPECT_EQ(rank_of(with, start + 1ms), 9) << "who steals loses nothing by it";
}

TEST(SpentBudget, bars_only_who_has_work_and_a_hard_one) {
    Seat seat = seat_of({.budget = {.amount = 2ms, .period = 10ms, .rank = 1, .hard = true}});
    EXPECT_EQ(rank_of(seat, start), 1);
    seat.served = 3ms;
    EXPECT_EQ(rank_of(seat, start), 0);
    EXPECT_TRUE(seat.barred);
    seat.empty_since = start;
    settle_rank(seat, start, 1);
    EXPECT_FALSE(seat.barred) << "it would never count as done";
    seat.empty_since.reset();
    seat.place.budget.hard = false;
    settle_rank(seat, start, 1);
    EXPECT_FALSE(seat.barred);
    seat.place.budget.hard = true;
    settle_rank(seat, start, 1);
    ASSERT_TRUE(seat.barred);
    seat.place.budget = {};
    settle_rank(seat, start, 1);
    EXPECT_FALSE(seat.barred) << "its budget was taken away";
}

TEST(RankChanges, at_the_earliest_of_all_that_may_change_it) {
    Seat seat = seat_of({.late = {.after = 50ms, .rank = 9, .since_work = true},
                         .descent = {.allotment = 4ms, .levels = 4},
                         .budget = {.amount = 2ms, .period = 10ms, .rank = 1}});
    settle_rank(seat, start, 3);
    EXPECT_EQ(rank_changes(seat, start, 3), start + 2ms) << "the budget, if it runs alone";
    seat.place.budget = {};
    EXPECT_EQ(rank_changes(seat, start, 3), start + 12ms) << "the level, which three use up slowly";
    EXPECT_EQ(rank_changes(seat, start, 1), start + 4ms);
    seat.place.descent = {};
    EXPECT_EQ(rank_changes(seat, start, 3), start + 50ms);
    EXPECT_EQ(rank_changes(seat, start + 51ms, 3), start + 51ms) << "never in the past";
    seat.place.late.rank = 0;
    EXPECT_EQ(rank_changes(seat, start, 3), std::nullopt) << "no rank above its own";
}

TEST(GoesByService, whose_rank_depends_on_what_it_has_had) {
    EXPECT_FALSE(goes_by_service({.deadline = 1ms, .cost = 1ms}));
    EXPECT_FALSE(goes_by_service({.descent = {.allotment = 1ms, .levels = 1}}));
    EXPECT_TRUE(goes_by_service({.descent = {.allotment = 1ms, .levels = 2}}));
    EXPECT_TRUE(goes_by_service({.learns = true}));
    EXPECT_TRUE(goes_by_service({.budget = {.amount = 1ns}}));
}

}  // namespace
}  // namespace penstock
