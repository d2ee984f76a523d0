// SPDX-License-Identifier: Apache-2.0
//
// What runs on after a suspension that only holds launches is service too.

#include <gtest/gtest.h>

#include "tests/unit/policies/stage.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;

// Two owners with equal shares and turns of 4 ms, on a rung that only holds launches or on another.
DeviceOrder turns_on(bool takes_waves) {
    RankedOwner one = ranked(1, 0);
    RankedOwner two = ranked(2, 0);
    for (RankedOwner* place : {&one, &two}) {
        place->quantum = 4ms;
        place->costs_device_time = takes_waves;
    }
    DeviceOrder order = order_of({one, two});
    order.runners = 1;
    return order;
}

TEST(Drain, is_looked_at_until_everything_has_begun) {
    Stage stage;
    stage.at(0ms).follow(turns_on(false)).works(1).works(2);
    EXPECT_EQ(stage.acts(), "suspend 2: turn of another");
    EXPECT_TRUE(stage.wants_sampling(2)) << "it may still run";
    stage.at(1ms).drains(2).proceeds();
    EXPECT_FALSE(stage.wants_sampling(2));
    EXPECT_EQ(stage.deadline(), 2ms) << "the last packet has its settle time";
    EXPECT_TRUE(stage.suspended(2));
}

TEST(Drain, is_charged_so_that_the_other_gets_as_much) {
    Stage stage;
    stage.at(0ms).follow(turns_on(false)).works(1).works(2).proceeds();
    // Owner 2 never stops: 2 ms of the first 4 are its own, and it has had as much.
    stage.at(4ms).proceeds();
    EXPECT_TRUE(stage.suspended(2)) << "owner 1 wins the tie";
    stage.at(4ms).drains(2);
    stage.at(5ms).proceeds();  // Settled: from now on owner 1 has the device for itself.
    stage.at(8ms).proceeds();
    EXPECT_FALSE(stage.suspended(2)) << "owner 1 has had 3 ms more";
}

TEST(Drain, is_nothing_where_a_suspension_takes_the_waves) {
    Stage stage;
    stage.at(0ms).follow(turns_on(true)).works(1).works(2).proceeds();
    EXPECT_FALSE(stage.wants_sampling(2));
    stage.at(4ms).proceeds();
    EXPECT_FALSE(stage.suspended(2)) << "it has had nothing";
}

TEST(Drain, is_nothing_where_only_ranks_count) {
    DeviceOrder order = one_above_two();
    order.owners[1].costs_device_time = false;
    Stage stage;
    stage.at(0ms).follow(order).works(1).works(2).proceeds();
    EXPECT_TRUE(stage.suspended(2));
    EXPECT_FALSE(stage.wants_sampling(2));
}

// It takes a part of the service for as long as it counts as busy.
TEST(Drain, of_who_runs_without_its_turn_are_looked_for_where_service_counts) {
    RankedOwner exempt = ranked(2, 0);
    exempt.preemptible = false;
    DeviceOrder order = order_of({ranked(1, 1), exempt});
    Stage apart;
    apart.at(0ms).follow(order).works(1).works(2).proceeds();
    EXPECT_FALSE(apart.wants_sampling(2)) << "nobody counts service";
    order.runners = 1;
    Stage counted;
    counted.at(0ms).follow(order).works(1).works(2).proceeds();
    ASSERT_FALSE(counted.suspended(2));
    EXPECT_TRUE(counted.wants_sampling(2));
}

TEST(Drain, of_a_hard_budget_are_called_by_their_name) {
    RankedOwner bounded = ranked(1, 0);
    bounded.budget = {.amount = 10ms, .period = 1s, .hard = true};
    DeviceOrder order = order_of({bounded});
    order.runners = 1;
    order.longest_suspension = 10s;
    Stage stage;
    stage.at(1s).follow(order).works(1).proceeds();
    EXPECT_EQ(stage.at(1s + 11ms).acts(), "suspend 1: budget spent");
    EXPECT_EQ(stage.at(1s + 900ms).acts(), "resume 1: budget spent");
}

}  // namespace
}  // namespace penstock
