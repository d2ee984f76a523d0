// SPDX-License-Identifier: Apache-2.0
//
// Ranks, settling and the questions about them.

#include "policies/order_executor.h"

#include <gtest/gtest.h>

#include "tests/unit/policies/stage.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;

TEST(OrderExecutor, suspends_a_busy_owner_when_a_higher_rank_gets_work) {
    Stage stage;
    stage.at(0ms).follow(one_above_two()).works(2);
    EXPECT_EQ(stage.acts(), "");

    EXPECT_EQ(stage.at(5ms).works(1).acts(), "suspend 2: higher rank has work");
    EXPECT_TRUE(stage.suspended(2));
    EXPECT_TRUE(stage.anyone_suspended());
    EXPECT_FALSE(stage.suspended(1));
}

TEST(OrderExecutor, says_every_action_once) {
    Stage stage;
    stage.at(0ms).follow(one_above_two()).works(1).works(2);
    EXPECT_EQ(stage.acts(), "suspend 2: higher rank has work");
    EXPECT_EQ(stage.acts(), "");
    EXPECT_EQ(stage.at(1ms).works(1).acts(), "");
}

TEST(OrderExecutor, leaves_idle_owners_alone) {
    Stage stage;
    stage.at(0ms).follow(one_above_two());
    EXPECT_EQ(stage.works(1).acts(), "");
}

TEST(OrderExecutor, suspends_an_owner_that_gets_work_while_a_higher_rank_is_busy) {
    Stage stage;
    stage.at(0ms).follow(one_above_two()).works(1).proceeds();
    EXPECT_EQ(stage.at(1ms).works(2).acts(), "suspend 2: higher rank has work");
}

TEST(OrderExecutor, lets_equal_ranks_run_together) {
    Stage stage;
    stage.at(0ms).follow(order_of({ranked(1, 3), ranked(2, 3), ranked(3, 2)}));
    EXPECT_EQ(stage.works(1).works(2).works(3).acts(), "suspend 3: higher rank has work");
}

TEST(OrderExecutor, resumes_when_the_higher_rank_was_empty_for_the_settle_time) {
    Stage stage;
    stage.at(0ms).follow(one_above_two()).works(1).works(2).proceeds();

    EXPECT_EQ(stage.at(3ms).drains(1).acts(), "");
    EXPECT_EQ(stage.deadline(), 4ms);
    EXPECT_EQ(stage.at(4ms).acts(), "resume 2: higher rank drained");
    EXPECT_EQ(stage.deadline(), std::nullopt);
}

TEST(OrderExecutor, counts_the_settle_time_from_the_first_sighting) {
    Stage stage;
    stage.at(0ms).follow(one_above_two()).works(1).works(2).proceeds();
    stage.at(3000us).drains(1).proceeds();
    stage.at(3900us).drains(1).proceeds();
    EXPECT_EQ(stage.at(4000us).acts(), "resume 2: higher rank drained");
}

TEST(OrderExecutor, counts_the_settle_time_anew_after_work) {
    Stage stage;
    stage.at(0ms).follow(one_above_two()).works(1).works(2).proceeds();
    stage.at(3000us).drains(1);
    stage.at(3500us).works(1);
    EXPECT_EQ(stage.at(4000us).acts(), "");
    stage.drains(1);
    EXPECT_EQ(stage.at(4900us).acts(), "");
    EXPECT_EQ(stage.at(5000us).acts(), "resume 2: higher rank drained");
}

TEST(OrderExecutor, passes_the_device_down_the_ranks) {
    Stage stage;
    stage.at(0ms).follow(order_of({ranked(1, 2), ranked(2, 1), ranked(3, 0)}));
    stage.works(1).works(2).works(3);
    EXPECT_EQ(stage.acts(), "suspend 2: higher rank has work; suspend 3: higher rank has work");

    EXPECT_EQ(stage.drains(1).at(1ms).acts(), "resume 2: higher rank drained");
    EXPECT_EQ(stage.drains(2).at(2ms).acts(), "resume 3: higher rank drained");
}

TEST(OrderExecutor, suspends_before_it_resumes) {
    Stage stage;
    stage.at(0ms).follow(order_of({ranked(1, 0), ranked(2, 5)})).works(1).works(2).proceeds();
    ASSERT_TRUE(stage.suspended(1));

    stage.at(1ms).follow(order_of({ranked(1, 5), ranked(2, 0)}));
    EXPECT_EQ(stage.acts(), "suspend 2: higher rank has work; resume 1: order changed");
}

TEST(OrderExecutor, never_suspends_who_is_not_preemptible) {
    Stage stage;
    DeviceOrder order = one_above_two();
    order.owners[1].preemptible = false;
    EXPECT_EQ(stage.at(0ms).follow(order).works(1).works(2).acts(), "");
}

TEST(OrderExecutor, lets_others_yield_to_who_is_not_preemptible) {
    Stage stage;
    DeviceOrder order = one_above_two();
    order.owners[0].preemptible = false;
    stage.at(0ms).follow(order).works(1).works(2);
    EXPECT_EQ(stage.acts(), "suspend 2: higher rank has work");
}

TEST(OrderExecutor, takes_a_suspended_owner_for_as_busy_as_it_was) {
    Stage stage;
    stage.at(0ms).follow(one_above_two()).works(1).works(2).proceeds();
    stage.drains(2).drains(1);
    EXPECT_EQ(stage.at(1ms).acts(), "resume 2: higher rank drained");
    // Still busy: a higher rank with work finds somebody to suspend.
    EXPECT_EQ(stage.at(2ms).works(1).acts(), "suspend 2: higher rank has work");
}

TEST(OrderExecutor, stops_counting_down_an_owner_that_it_suspends) {
    Stage stage;
    stage.at(0us).follow(one_above_two()).works(2).drains(2).proceeds();
    EXPECT_EQ(stage.at(500us).works(1).acts(), "suspend 2: higher rank has work");
    EXPECT_EQ(stage.at(5ms).acts(), "");
    EXPECT_TRUE(stage.suspended(2));
}

TEST(OrderExecutor, remembers_work_of_owners_that_no_order_names_yet) {
    Stage stage;
    stage.at(0ms).works(1).works(2);
    EXPECT_EQ(stage.acts(), "");
    EXPECT_EQ(stage.at(1ms).follow(one_above_two()).acts(), "suspend 2: higher rank has work");
}

TEST(OrderExecutor, remembers_a_bounded_number_of_owners_that_no_order_names) {
    Stage stage;
    stage.at(0ms);
    for (std::uint64_t owner = 1; owner <= SeatTable::most_unnamed + 1; ++owner) {
        stage.works(owner);
    }
    EXPECT_FALSE(stage.wants_moves(SeatTable::most_unnamed));
    EXPECT_TRUE(stage.wants_moves(SeatTable::most_unnamed + 1)) << "it has to be told again";
}

TEST(OrderExecutor, is_not_confused_by_stamps_older_than_its_clock) {
    Stage stage;
    stage.at(10ms).follow(one_above_two()).works(1).works(2).proceeds();
    stage.at(9ms).drains(1);
    EXPECT_EQ(stage.at(10500us).acts(), "") << "the settle time counts from 10 ms";
    EXPECT_EQ(stage.at(11ms).acts(), "resume 2: higher rank drained");
}

TEST(OrderExecutor, frees_those_who_yielded_to_a_dead_owner) {
    Stage stage;
    stage.at(0ms).follow(one_above_two()).works(1).works(2).proceeds();
    EXPECT_EQ(stage.at(1ms).dies(1).acts(), "resume 2: higher rank drained");
}

TEST(OrderExecutor, has_nothing_to_resume_when_a_suspended_owner_dies) {
    Stage stage;
    stage.at(0ms).follow(one_above_two()).works(1).works(2).proceeds();
    EXPECT_EQ(stage.dies(2).dies(2).acts(), "");
    EXPECT_FALSE(stage.anyone_suspended());
}

TEST(OrderExecutor, wants_samples_of_who_is_yielded_to) {
    Stage stage;
    stage.at(0ms).follow(one_above_two()).works(1).proceeds();
    EXPECT_FALSE(stage.wants_sampling(1)) << "nobody waits for it";

    stage.works(2).proceeds();
    EXPECT_TRUE(stage.wants_sampling(1));
    EXPECT_FALSE(stage.wants_sampling(2)) << "its pointers stand still";
    EXPECT_FALSE(stage.wants_sampling(99)) << "unknown";
}

TEST(OrderExecutor, wants_samples_and_moves_of_who_is_counted_down) {
    Stage stage;
    stage.at(0ms).follow(one_above_two()).works(1).drains(1).proceeds();
    EXPECT_TRUE(stage.wants_sampling(1));
    EXPECT_TRUE(stage.wants_moves(1));
    stage.at(1ms).proceeds();
    EXPECT_FALSE(stage.wants_sampling(1));
}

TEST(OrderExecutor, wants_moves_only_of_who_is_not_busy) {
    Stage stage;
    stage.at(0ms).follow(one_above_two());
    EXPECT_TRUE(stage.wants_moves(1));
    EXPECT_TRUE(stage.wants_moves(99)) << "unknown owners may have work too";
    EXPECT_FALSE(stage.works(1).wants_moves(1));
}

TEST(OrderExecutor, ignores_who_drains_without_being_busy_or_known) {
    Stage stage;
    stage.at(0ms).follow(one_above_two()).drains(1).drains(99);
    EXPECT_EQ(stage.acts(), "");
    EXPECT_EQ(stage.deadline(), std::nullopt);
}

}  // namespace
}  // namespace penstock
