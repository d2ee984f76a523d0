// SPDX-License-Identifier: Apache-2.0
//
// What bounds a suspension: the longest suspension, run windows, holds and new orders.

#include <gtest/gtest.h>

#include "policies/order_executor.h"
#include "tests/unit/policies/stage.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;

DeviceOrder held(DeviceOrder order, std::size_t place, Duration until) {
    order.owners[place].held_until = TimePoint(until);
    return order;
}

Stage with_two_suspended_at_zero() {
    Stage stage;
    stage.at(0ms).follow(one_above_two()).works(1).works(2).proceeds();
    return stage;
}

TEST(OrderBounds, ends_the_longest_suspension_with_a_run_window) {
    Stage stage = with_two_suspended_at_zero();
    EXPECT_EQ(stage.deadline(), 200ms);
    EXPECT_EQ(stage.at(199ms).acts(), "");
    EXPECT_EQ(stage.at(200ms).acts(), "resume 2: longest suspension");
    EXPECT_EQ(stage.deadline(), 220ms);
    EXPECT_EQ(stage.at(219ms).works(2).acts(), "");
    EXPECT_EQ(stage.at(220ms).acts(), "suspend 2: higher rank has work");
    EXPECT_EQ(stage.deadline(), 420ms);
}

TEST(OrderBounds, keeps_sampling_the_higher_rank_during_a_run_window) {
    Stage stage = with_two_suspended_at_zero();
    stage.at(200ms).proceeds();
    EXPECT_TRUE(stage.wants_sampling(1));
    stage.drains(1).at(201ms).proceeds();
    EXPECT_EQ(stage.at(220ms).acts(), "") << "nobody is busy above it any more";
}

TEST(OrderBounds, gives_no_run_window_after_a_short_suspension) {
    Stage stage = with_two_suspended_at_zero();
    stage.drains(1).at(1ms).proceeds();
    ASSERT_FALSE(stage.suspended(2));
    EXPECT_EQ(stage.works(1).acts(), "suspend 2: higher rank has work");
}

TEST(OrderBounds, keeps_a_run_window_through_orders_that_drop_the_owner) {
    Stage stage = with_two_suspended_at_zero();
    stage.at(200ms).proceeds();
    stage.at(201ms).follow(order_of({})).proceeds();
    stage.at(202ms).follow(one_above_two()).works(1).works(2);
    EXPECT_EQ(stage.acts(), "");
    EXPECT_EQ(stage.at(220ms).acts(), "suspend 2: higher rank has work");
}

TEST(OrderBounds, suspends_nobody_under_an_order_that_leaves_no_time_for_it) {
    Stage stage;
    DeviceOrder order = one_above_two();
    order.longest_suspension = 0ms;
    EXPECT_EQ(stage.at(0ms).follow(order).works(1).works(2).acts(), "");
    order.longest_suspension = -5ms;
    EXPECT_EQ(stage.follow(order).acts(), "");
    EXPECT_EQ(stage.deadline(), std::nullopt);
}

TEST(OrderBounds, survives_durations_that_would_overflow) {
    Stage stage;
    DeviceOrder order = one_above_two();
    order.settle = order.longest_suspension = order.run_window = Duration::max();
    stage.at(0ms).follow(order).works(1).works(2).drains(1);
    EXPECT_EQ(stage.acts(), "suspend 2: higher rank has work");
    EXPECT_EQ(stage.deadline(), 60s);
}

TEST(OrderBounds, resumes_who_is_no_longer_named) {
    Stage stage = with_two_suspended_at_zero();
    EXPECT_EQ(stage.at(1ms).follow(order_of({})).acts(), "resume 2: order changed");
    EXPECT_EQ(stage.acts(), "");
    EXPECT_EQ(stage.deadline(), std::nullopt);
}

TEST(OrderBounds, resumes_who_is_no_longer_preemptible) {
    Stage stage = with_two_suspended_at_zero();
    DeviceOrder order = one_above_two();
    order.owners[1].preemptible = false;
    EXPECT_EQ(stage.at(1ms).follow(order).acts(), "resume 2: order changed");
}

TEST(OrderBounds, resumes_who_was_raised_to_the_top) {
    Stage stage = with_two_suspended_at_zero();
    stage.at(1ms).follow(order_of({ranked(1, 10), ranked(2, 10)}));
    EXPECT_EQ(stage.acts(), "resume 2: order changed");
}

TEST(OrderBounds, names_draining_as_the_reason_when_the_order_came_back_in_time) {
    Stage stage = with_two_suspended_at_zero();
    stage.at(1ms).follow(order_of({ranked(1, 0), ranked(2, 0)})).follow(one_above_two());
    EXPECT_EQ(stage.acts(), "");
    EXPECT_EQ(stage.drains(1).at(2ms).acts(), "resume 2: higher rank drained");
}

TEST(OrderBounds, changes_nothing_when_the_same_order_comes_again) {
    Stage stage = with_two_suspended_at_zero();
    EXPECT_EQ(stage.at(150ms).follow(one_above_two()).acts(), "");
    EXPECT_EQ(stage.deadline(), 200ms) << "the suspension still counts from its start";
}

TEST(OrderBounds, holds_whom_the_operator_names_although_it_is_idle) {
    Stage stage;
    stage.at(0ms).follow(held(one_above_two(), 0, 500ms));
    EXPECT_EQ(stage.acts(), "suspend 1: operator request");
    EXPECT_EQ(stage.at(300ms).acts(), "") << "the longest suspension is not for holds";
    EXPECT_EQ(stage.deadline(), 500ms);
    EXPECT_EQ(stage.at(500ms).acts(), "resume 1: operator request");
}

TEST(OrderBounds, lets_nobody_yield_to_a_held_owner) {
    Stage stage;
    stage.at(0ms).follow(held(one_above_two(), 0, 500ms)).works(1).works(2);
    EXPECT_EQ(stage.acts(), "suspend 1: operator request");
    EXPECT_EQ(stage.at(500ms).acts(),
              "suspend 2: higher rank has work; resume 1: operator request");
}

TEST(OrderBounds, ends_a_hold_with_the_order_that_drops_it) {
    Stage stage;
    stage.at(0ms).follow(held(one_above_two(), 0, 500ms)).proceeds();
    EXPECT_EQ(stage.at(1ms).follow(one_above_two()).acts(), "resume 1: operator request");
}

TEST(OrderBounds, holds_nobody_who_is_not_preemptible) {
    Stage stage;
    DeviceOrder order = held(one_above_two(), 0, 500ms);
    order.owners[0].preemptible = false;
    stage.at(0ms).follow(order).works(1).works(2);
    EXPECT_EQ(stage.acts(), "suspend 2: higher rank has work") << "it keeps its rank instead";
}

TEST(OrderBounds, turns_a_suspension_into_a_hold_and_bounds_it_again_afterwards) {
    Stage stage = with_two_suspended_at_zero();
    EXPECT_EQ(stage.at(100ms).follow(held(one_above_two(), 1, 400ms)).acts(), "");
    EXPECT_EQ(stage.at(300ms).acts(), "");
    EXPECT_EQ(stage.at(400ms).acts(), "resume 2: longest suspension");
    EXPECT_EQ(stage.at(420ms).acts(), "suspend 2: higher rank has work");
}

TEST(OrderBounds, lets_a_hold_break_into_a_run_window) {
    Stage stage = with_two_suspended_at_zero();
    stage.at(200ms).proceeds();
    stage.at(205ms).follow(held(one_above_two(), 1, 400ms));
    EXPECT_EQ(stage.acts(), "suspend 2: operator request");
}

TEST(OrderBounds, pauses_longer_after_each_failed_suspend) {
    Stage stage;
    stage.at(0ms).follow(one_above_two()).works(1).works(2);
    Duration now{};
    for (const Duration pause : {10ms, 20ms, 40ms, 80ms, 160ms, 320ms, 640ms, 1000ms, 1000ms}) {
        ASSERT_EQ(stage.at(now).acts(), "suspend 2: higher rank has work");
        stage.fails(2, Verb::suspend);
        EXPECT_FALSE(stage.suspended(2));
        EXPECT_EQ(stage.acts(), "");
        now += pause;
        EXPECT_EQ(stage.deadline(), now);
    }
}

TEST(OrderBounds, pauses_briefly_again_after_a_suspend_that_worked) {
    Stage stage = with_two_suspended_at_zero();
    stage.fails(2, Verb::suspend).at(10ms).proceeds().fails(2, Verb::suspend);
    EXPECT_EQ(stage.deadline(), 30ms);
    stage.at(30ms).proceeds().at(31ms).proceeds();
    stage.drains(1).at(32ms).proceeds().works(1).proceeds();
    EXPECT_EQ(stage.fails(2, Verb::suspend).deadline(), 42ms);
}

TEST(OrderBounds, tries_a_failed_suspend_afresh_under_another_order) {
    Stage stage = with_two_suspended_at_zero();
    stage.fails(2, Verb::suspend);
    EXPECT_EQ(stage.at(1ms).follow(one_above_two()).acts(), "") << "this is the same order";
    EXPECT_EQ(stage.at(2ms).follow(order_of({ranked(1, 10), ranked(2, 1)})).acts(),
              "suspend 2: higher rank has work");
}

TEST(OrderBounds, tries_a_failed_resume_again_at_once) {
    Stage stage = with_two_suspended_at_zero();
    stage.drains(1).at(1ms).proceeds().fails(2, Verb::resume);
    EXPECT_TRUE(stage.suspended(2));
    EXPECT_EQ(stage.deadline(), 2ms);
    EXPECT_EQ(stage.acts(), "resume 2: higher rank drained");
    EXPECT_EQ(stage.deadline(), std::nullopt);
}

TEST(OrderBounds, tries_a_failed_resume_again_for_who_is_no_longer_named) {
    Stage stage = with_two_suspended_at_zero();
    stage.at(1ms).follow(order_of({})).proceeds().fails(2, Verb::resume);
    EXPECT_EQ(stage.deadline(), 2ms);
    EXPECT_EQ(stage.at(2ms).acts(), "resume 2: order changed");
}

TEST(OrderBounds, tries_a_failed_end_of_the_longest_suspension_again) {
    Stage stage = with_two_suspended_at_zero();
    stage.at(200ms).proceeds().fails(2, Verb::resume);
    EXPECT_EQ(stage.deadline(), 201ms);
    EXPECT_EQ(stage.at(201ms).acts(), "resume 2: longest suspension");
    EXPECT_EQ(stage.deadline(), 221ms) << "the run window counts from when it really ran";
}

TEST(OrderBounds, ignores_failures_of_unknown_owners) {
    Stage stage;
    stage.at(0ms).follow(one_above_two()).fails(99, Verb::suspend).fails(99, Verb::resume);
    EXPECT_EQ(stage.acts(), "");
}

}  // namespace
}  // namespace penstock
