// SPDX-License-Identifier: Apache-2.0

#include "policies/turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

// Owners that do what their turn allows: whoever may not run stands still.
class Course {
  public:
    Course(std::uint32_t runners,
           Duration quantum,
           std::vector<RankedOwner> places,
           Precedence precedence = Precedence::latest_start) {
        for (RankedOwner& each : places) {
            each.quantum = quantum;
        }
        turns.follow({.runners = runners, .precedence = precedence, .owners = places});
        turns.reserve(places.size());
        seats.name(places);
        turns.charge(seats, now);
    }

    void begin(std::uint64_t owner) {
        turns.charge(seats, now);
        turns.join(seat(owner), now);
        seat(owner).busy = true;
        settle();
    }

    void end(std::uint64_t owner) {
        turns.charge(seats, now);
        seat(owner).busy = false;
        settle();
    }

    // Lets time pass, and each turn end when it is over.
    void pass(Duration time) {
        const TimePoint end = now + time;
        while (turns.next_change() && *turns.next_change() <= end) {
            now = std::max(now, *turns.next_change());
            settle();
        }
        now = end;
        settle();
    }

    [[nodiscard]] std::vector<std::uint64_t> running() const {
        std::vector<std::uint64_t> owners;
        for (const Seat& each : seats) {
            if (each.runs) {
                owners.push_back(each.place.owner.value);
            }
        }
        return owners;
    }

    Seat& seat(std::uint64_t owner) { return *seats.find(OwnerId{owner}); }

    // Of the service of all.
    double share(std::uint64_t owner) {
        Duration all{};
        for (const Seat& each : seats) {
            all += each.served;
        }
        return static_cast<double>(seat(owner).served.count()) / static_cast<double>(all.count());
    }

    SeatTable seats;
    Turns turns;
    TimePoint now{1s};

  private:
    void settle() {
        turns.choose(seats, now);
        for (Seat& each : seats) {
            each.suspended = each.busy && !each.runs;
        }
    }
};

RankedOwner place(std::uint64_t owner, std::int32_t rank, std::uint32_t share = 100) {
    return {.owner = OwnerId{owner}, .rank = rank, .share = share};
}

TEST(Turns, without_a_number_are_of_all_with_the_highest_rank) {
    Course course(0, 0ms, {place(1, 5), place(2, 5), place(3, 4)});
    course.begin(3);
    EXPECT_THAT(course.running(), ElementsAre(3));
    EXPECT_FALSE(course.turns.anyone_waits());
    course.begin(1);
    course.begin(2);
    EXPECT_THAT(course.running(), ElementsAre(1, 2));
    EXPECT_TRUE(course.turns.anyone_waits());
    EXPECT_EQ(course.turns.next_change(), std::nullopt) << "nobody has a turn that ends";
}

TEST(Turns, of_so_many_go_by_rank) {
    Course course(2, 5ms, {place(1, 1), place(2, 3), place(3, 2)});
    for (std::uint64_t owner = 1; owner <= 3; ++owner) {
        course.begin(owner);
    }
    EXPECT_THAT(course.running(), ElementsAre(2, 3));
    course.pass(1s);
    EXPECT_THAT(course.running(), ElementsAre(2, 3)) << "whoever has no equal goes on";
    course.end(2);
    EXPECT_THAT(course.running(), ElementsAre(1, 3));
}

TEST(Turns, of_equals_follow_their_shares) {
    Course course(1, 2ms, {place(1, 0, 75), place(2, 0, 25)});
    course.begin(1);
    course.begin(2);
    course.pass(10s);
    EXPECT_NEAR(course.share(1), 0.75, 0.001);
}

TEST(Turns, of_three_with_different_shares_follow_them_too) {
    Course course(1, 2ms, {place(1, 0, 100), place(2, 0, 200), place(3, 0, 300)});
    for (std::uint64_t owner = 1; owner <= 3; ++owner) {
        course.begin(owner);
    }
    course.pass(12s);
    EXPECT_NEAR(course.share(1), 1.0 / 6, 0.001);
    EXPECT_NEAR(course.share(2), 2.0 / 6, 0.001);
}

TEST(Turns, count_what_ran_though_it_should_not_have) {
    Course course(1, 2ms, {place(1, 0), place(2, 0)});
    course.begin(1);
    course.begin(2);
    for (int round = 0; round < 200; ++round) {
        course.seat(2).suspended = false;  // Its suspension fails for a while.
        course.now += 1ms;
        course.turns.charge(course.seats, course.now);
        course.pass(5ms);
    }
    EXPECT_NEAR(course.share(1), 0.5, 0.01);
}

TEST(Turns, save_nothing_up_while_there_is_no_work) {
    Course course(1, 2ms, {place(1, 0), place(2, 0)});
    course.begin(1);
    course.pass(10s);
    course.begin(2);
    const Duration before = course.seat(1).served;
    course.pass(100ms);
    EXPECT_NEAR(static_cast<double>((course.seat(1).served - before) / 1us), 50'000, 4'000);
}

TEST(Turns, last_until_the_work_is_done_where_there_is_no_quantum) {
    Course course(1, 0ms, {place(1, 0), place(2, 0)});
    course.begin(2);
    course.begin(1);
    course.pass(1s);
    EXPECT_THAT(course.running(), ElementsAre(2));
    course.end(2);
    EXPECT_THAT(course.running(), ElementsAre(1));
}

TEST(Turns, pass_over_whom_an_operator_holds) {
    RankedOwner held = place(1, 9);
    held.held_until = TimePoint(2s);
    Course course(1, 5ms, {held, place(2, 0)});
    course.begin(1);
    course.begin(2);
    EXPECT_THAT(course.running(), ElementsAre(2));
}

TEST(Turns, stay_finite_with_absurd_shares) {
    Course course(1, 24h, {place(1, 0, 0), place(2, 0, 4'000'000'000U)});
    course.begin(1);
    course.begin(2);
    course.pass(100s);
    EXPECT_GT(course.share(2), 0.9);
    EXPECT_LE(course.share(2), 1.0);
}

TEST(Turns, go_to_the_earliest_deadline_that_can_still_be_kept) {
    RankedOwner slow = place(1, 0);
    slow.deadline = 100ms;
    RankedOwner quick = place(2, 0);
    quick.deadline = 20ms;
    Course course(1, 0ms, {slow, quick, place(3, 0)});
    course.begin(3);
    course.begin(1);
    EXPECT_THAT(course.running(), ElementsAre(1)) << "who has none waits";
    course.pass(50ms);
    course.begin(2);
    EXPECT_THAT(course.running(), ElementsAre(2));
    course.end(2);
    course.pass(40ms);
    course.begin(2);
    EXPECT_THAT(course.running(), ElementsAre(1)) << "its deadline is nearer by now";
}

TEST(Turns, drop_a_firm_deadline_that_is_lost) {
    RankedOwner lost = place(1, 0);
    lost.deadline = 30ms;
    lost.cost = 20ms;
    lost.firm = true;
    RankedOwner other = place(2, 0);
    other.deadline = 25ms;
    other.cost = 24ms;
    Course course(1, 0ms, {lost, other});
    course.begin(1);
    course.begin(2);
    EXPECT_THAT(course.running(), ElementsAre(2)) << "it would have to begin first";
    course.pass(12ms);
    course.end(2);
    course.begin(2);
    course.pass(1ms);
    EXPECT_THAT(course.running(), ElementsAre(2)) << "with 17 ms left for 20 ms of work it is lost";
}

TEST(Turns, come_to_whom_nobody_served_for_too_long_for_a_while) {
    RankedOwner aging = place(2, 0);
    aging.late = {.after = 300ms, .rank = 10, .lasts = 5ms};
    Course course(1, 5ms, {place(1, 3), aging});
    course.begin(1);
    course.begin(2);
    course.pass(299ms);
    EXPECT_THAT(course.running(), ElementsAre(1));
    course.pass(1ms);
    EXPECT_THAT(course.running(), ElementsAre(2));
    course.pass(5ms);
    EXPECT_THAT(course.running(), ElementsAre(1));
    course.pass(30s - 305ms);
    EXPECT_NEAR(course.share(2), 5.0 / 305, 0.0005);
}

TEST(Turns, come_to_whoever_has_had_work_for_too_long_until_it_is_done) {
    RankedOwner lax = place(2, 0);
    lax.late = {.after = 100ms, .rank = 10, .since_work = true};
    Course course(0, 0ms, {place(1, 3), lax});
    course.begin(2);
    course.pass(60ms);
    course.begin(1);
    EXPECT_THAT(course.running(), ElementsAre(1));
    course.pass(40ms);
    EXPECT_THAT(course.running(), ElementsAre(2));
    course.pass(10s);
    EXPECT_THAT(course.running(), ElementsAre(2));
    course.end(2);
    course.begin(2);
    EXPECT_THAT(course.running(), ElementsAre(1));
}

TEST(Turns, go_to_whose_work_needs_the_least_where_that_decides) {
    RankedOwner whale = place(1, 0);
    whale.cost = 100ms;
    RankedOwner minnow = place(2, 0);
    minnow.cost = 10ms;
    Course course(1, 5ms, {whale, minnow}, Precedence::least_left);
    course.begin(1);
    course.pass(30ms);
    course.begin(2);
    EXPECT_THAT(course.running(), ElementsAre(2));
    course.end(2);
    course.pass(65ms);
    course.begin(2);
    EXPECT_THAT(course.running(), ElementsAre(1)) << "5 ms are left of its 100";
}

TEST(Turns, do_not_come_sooner_to_who_says_too_little) {
    RankedOwner liar = place(1, 0);
    liar.cost = 1ms;
    RankedOwner honest = place(2, 0);
    honest.cost = 20ms;
    Course course(1, 5ms, {liar, honest}, Precedence::least_left);
    course.begin(1);
    course.begin(2);
    course.pass(60ms);
    EXPECT_GE(course.seat(2).served, 20ms) << "once the liar is 20 ms beyond its word";
    EXPECT_LE(course.seat(1).served, 40ms);
}

TEST(Turns, fall_by_service_in_a_feedback_queue) {
    std::vector<RankedOwner> places{place(1, 0), place(2, 0)};
    for (RankedOwner& each : places) {
        each.descent = {.allotment = 4ms, .levels = 4};
    }
    Course course(1, 4ms, places);
    course.begin(1);
    course.pass(100ms);  // It is on the last level.
    course.begin(2);
    EXPECT_THAT(course.running(), ElementsAre(2));
    course.pass(27ms);
    EXPECT_THAT(course.running(), ElementsAre(2)) << "4, 8 and 16 ms are its own";
    course.pass(40ms);
    EXPECT_GT(course.seat(1).served, 100ms) << "then they are equals";
}

TEST(Turns, stop_where_a_hard_budget_is_spent_though_nobody_else_works) {
    RankedOwner bounded = place(1, 0);
    bounded.budget = {.amount = 30ms, .period = 100ms, .hard = true};
    Course course(1, 2ms, {bounded, place(2, 0)});
    course.begin(1);
    course.pass(10s);
    EXPECT_NEAR(static_cast<double>(course.seat(1).served / 1ms), 3000, 40);
}

// What it had meanwhile was had of no budget.
TEST(Turns, of_a_budget_that_is_given_back_begin_with_all_of_it) {
    RankedOwner bounded = place(1, 0);
    bounded.budget = {.amount = 30ms, .period = 100ms, .hard = true};
    Course course(1, 2ms, {bounded, place(2, 0)});
    course.begin(1);
    course.pass(10ms);
    const auto give = [&](const RankedOwner& first) {
        course.seats.name({first, place(2, 0)});
        course.pass(0ms);
    };
    give(place(1, 0));
    course.pass(1s);
    EXPECT_THAT(course.running(), ElementsAre(1));
    give(bounded);
    EXPECT_THAT(course.running(), ElementsAre(1));
    course.pass(29ms);
    EXPECT_THAT(course.running(), ElementsAre(1));
}

TEST(Turns, go_first_to_a_budget_that_is_not_spent) {
    RankedOwner reserved = place(1, 0, 1);
    reserved.budget = {.amount = 30ms, .period = 100ms, .rank = 1};
    Course course(1, 2ms, {reserved, place(2, 0, 10'000)});
    course.begin(1);
    course.begin(2);
    course.pass(10s);
    EXPECT_NEAR(course.share(1), 0.3, 0.01) << "its weight alone would be worth nothing";
}

}  // namespace
}  // namespace penstock
