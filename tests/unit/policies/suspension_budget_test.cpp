// SPDX-License-Identifier: Apache-2.0
//
// How often owners are suspended: the budget by itself, and what an executor makes of it.

#include "policies/suspension_budget.h"

#include <gtest/gtest.h>

#include "policies/preemption_cost.h"
#include "tests/unit/policies/stage.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;

TimePoint at(Duration when) {
    return TimePoint(when);
}

// How many suspensions there is credit for.
int spend_all(SuspensionBudget& budget, TimePoint now) {
    int spent = 0;
    for (; budget.next() <= now; ++spent) {
        budget.spend(now);
    }
    return spent;
}

DeviceOrder bounded(DeviceOrder order, Duration interval, std::uint32_t burst) {
    order.suspension_interval = interval;
    order.suspension_burst = burst;
    return order;
}

// The higher rank gets work, and drains again a settle time later.
std::string one_preemption(Stage& stage, Duration when) {
    const std::string suspended = stage.at(when).works(1).works(2).acts();
    stage.drains(1).at(when + 1ms).proceeds();
    return suspended;
}

TEST(SuspensionBudget, begins_with_a_whole_burst) {
    SuspensionBudget budget;
    budget.set(10ms, 3, at(0ms));
    EXPECT_EQ(spend_all(budget, at(0ms)), 3);
    EXPECT_EQ(budget.next(), at(10ms));
}

TEST(SuspensionBudget, earns_one_per_interval_and_keeps_no_more_than_a_burst) {
    SuspensionBudget budget;
    budget.set(10ms, 3, at(0ms));
    spend_all(budget, at(0ms));
    EXPECT_EQ(spend_all(budget, at(9ms)), 0);
    EXPECT_EQ(spend_all(budget, at(25ms)), 2);
    EXPECT_EQ(budget.next(), at(30ms));
    EXPECT_EQ(spend_all(budget, at(10s)), 3);
}

TEST(SuspensionBudget, is_in_debt_for_a_burst_at_most) {
    SuspensionBudget budget;
    budget.set(10ms, 3, at(0ms));
    for (int i = 0; i < 100; ++i) {
        budget.spend(at(0ms));
    }
    EXPECT_EQ(budget.next(), at(40ms));
}

TEST(SuspensionBudget, is_not_filled_by_setting_it_again) {
    SuspensionBudget budget;
    budget.set(10ms, 3, at(0ms));
    spend_all(budget, at(0ms));
    budget.set(10ms, 3, at(1ms));
    budget.set(5ms, 8, at(1ms));
    EXPECT_EQ(budget.next(), at(5ms));
    budget.set(50ms, 8, at(1ms));
    EXPECT_EQ(budget.next(), at(50ms));
}

TEST(SuspensionBudget, forgives_a_debt_that_a_smaller_burst_does_not_allow) {
    SuspensionBudget budget;
    budget.set(100ms, 4, at(0ms));
    for (int i = 0; i < 8; ++i) {
        budget.spend(at(0ms));
    }
    EXPECT_EQ(budget.next(), at(500ms));
    budget.set(10ms, 4, at(0ms));
    EXPECT_EQ(budget.next(), at(50ms));
}

TEST(SuspensionBudget, sets_no_bound_without_an_interval) {
    SuspensionBudget budget;
    budget.set(0ms, 1, at(5ms));
    for (int i = 0; i < 1000; ++i) {
        EXPECT_LE(budget.next(), at(5ms));
        budget.spend(at(5ms));
    }
}

TEST(SuspensionBudget, survives_numbers_that_would_overflow) {
    SuspensionBudget budget;
    budget.set(Duration::max(), UINT32_MAX, at(1h));
    EXPECT_EQ(spend_all(budget, at(1h)), 1024);
    EXPECT_EQ(budget.next(), at(1h + 60s));
    budget.set(Duration::min(), 0, at(1h));
    EXPECT_LE(budget.next(), at(1h));
}

TEST(OrderBudget, lets_who_should_be_suspended_run_on_until_there_is_credit) {
    Stage stage;
    stage.at(0ms).follow(bounded(one_above_two(), 50ms, 1));
    EXPECT_EQ(one_preemption(stage, 0ms), "suspend 2: higher rank has work");
    EXPECT_EQ(stage.at(10ms).works(1).acts(), "");
    EXPECT_FALSE(stage.suspended(2));
    EXPECT_EQ(stage.deadline(), 50ms) << "nobody has to look before";
    EXPECT_EQ(stage.at(49ms).acts(), "");
    EXPECT_EQ(stage.at(50ms).acts(), "suspend 2: higher rank has work");
}

TEST(OrderBudget, gives_up_the_wait_when_the_higher_rank_drains) {
    Stage stage;
    stage.at(0ms).follow(bounded(one_above_two(), 50ms, 1));
    one_preemption(stage, 0ms);
    one_preemption(stage, 10ms);
    EXPECT_EQ(stage.deadline(), std::nullopt);
    EXPECT_EQ(stage.at(60ms).acts(), "");
}

TEST(OrderBudget, samples_the_higher_rank_while_somebody_waits_to_be_suspended) {
    Stage stage;
    stage.at(0ms).follow(bounded(one_above_two(), 50ms, 1));
    one_preemption(stage, 0ms);
    stage.at(10ms).works(1).proceeds();
    EXPECT_TRUE(stage.wants_sampling(1));
}

TEST(OrderBudget, never_delays_a_resume) {
    Stage stage;
    stage.at(0ms).follow(bounded(one_above_two(), 1s, 1)).works(1).works(2).proceeds();
    EXPECT_EQ(stage.drains(1).at(1ms).acts(), "resume 2: higher rank drained");
}

TEST(OrderBudget, suspends_as_many_as_there_is_credit_for) {
    Stage stage;
    const DeviceOrder order = order_of({ranked(1, 9), ranked(2, 0), ranked(3, 0), ranked(4, 0)});
    stage.at(0ms).follow(bounded(order, 30ms, 2)).works(1).works(2).works(3).works(4);
    EXPECT_EQ(stage.acts(), "suspend 2: higher rank has work; suspend 3: higher rank has work");
    EXPECT_EQ(stage.deadline(), 30ms);
    EXPECT_EQ(stage.at(30ms).acts(), "suspend 4: higher rank has work");
}

TEST(OrderBudget, keeps_no_operator_waiting_but_counts_the_hold) {
    Stage stage;
    DeviceOrder order = bounded(one_above_two(), 50ms, 1);
    stage.at(0ms).follow(order);
    one_preemption(stage, 0ms);
    order.owners[1].held_until = TimePoint(20ms);
    EXPECT_EQ(stage.at(10ms).follow(order).acts(), "suspend 2: operator request");
    EXPECT_EQ(stage.at(20ms).acts(), "resume 2: operator request");
    EXPECT_EQ(stage.works(1).acts(), "");
    EXPECT_EQ(stage.deadline(), 100ms) << "two have been paid for by then";
}

TEST(OrderBudget, counts_suspends_that_failed) {
    Stage stage;
    stage.at(0ms).follow(bounded(one_above_two(), 50ms, 1)).works(1).works(2).proceeds();
    stage.fails(2, Verb::suspend);
    EXPECT_EQ(stage.deadline(), 50ms) << "the pause after a failure is shorter";
    EXPECT_EQ(stage.at(10ms).acts(), "");
    EXPECT_EQ(stage.at(50ms).acts(), "suspend 2: higher rank has work");
}

TEST(OrderBudget, is_not_for_those_whose_suspension_costs_nothing) {
    Stage stage;
    DeviceOrder order = bounded(one_above_two(), 1s, 1);
    order.owners[1].costs_device_time = false;
    stage.at(0ms).follow(order);
    for (Duration when = 0ms; when < 100ms; when += 2ms) {
        ASSERT_EQ(one_preemption(stage, when), "suspend 2: higher rank has work") << when.count();
    }
}

// The emulated APU saves and restores in 100 µs each; serving ioctl(2) from user space and being
// woken adds as much again on a slow day.
TEST(OrderBudget, lets_a_hundred_preemptions_a_second_fit_on_mes) {
    const Device apu{.scheduler = DeviceScheduler::mes,
                     .suspend_cost = {.value = 200us},
                     .resume_cost = {.value = 200us}};
    const SuspensionBound bound = suspension_bound(apu, 0.02);
    Stage stage;
    stage.at(0ms).follow(bounded(one_above_two(), bound.interval, bound.burst));
    for (Duration when = 0ms; when < 10s; when += 10ms) {
        ASSERT_EQ(one_preemption(stage, when), "suspend 2: higher rank has work") << when.count();
    }
}

}  // namespace
}  // namespace penstock
