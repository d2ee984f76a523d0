// SPDX-License-Identifier: Apache-2.0

#include "policies/fixed_priority.h"

#include <gtest/gtest.h>

#include "policies/observe_only.h"
#include "policies/queue_priority.h"
#include "tests/fakes/machine.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using fakes::first_gpu;
using fakes::Machine;
using fakes::second_gpu;

TEST(FixedPriority, orders_nothing_on_an_idle_machine) {
    EXPECT_EQ(FixedPriority({}).decide(Machine().at(1s)), Decision{});
    EXPECT_EQ(FixedPriority({}).decide(Machine().owner(1).at(1s)), Decision{});
}

TEST(FixedPriority, ranks_owners_by_their_priority) {
    const Snapshot seen =
        Machine().owner(1, {.priority = 5}).queue(1).owner(2, {.priority = -3}).queue(2).at(1s);
    const Decision decision = FixedPriority({}).decide(seen);
    ASSERT_EQ(decision.orders.size(), 1U);
    const std::vector<RankedOwner> expected{{.owner = OwnerId{1}, .rank = 5},
                                            {.owner = OwnerId{2}, .rank = -3}};
    EXPECT_EQ(decision.orders[0].gpu, first_gpu);
    EXPECT_EQ(decision.orders[0].owners, expected);
}

TEST(FixedPriority, names_an_owner_once_however_many_queues_it_has) {
    const Snapshot seen = Machine().owner(1).queue(1).queue(1).queue(1).at(1s);
    EXPECT_EQ(FixedPriority({}).decide(seen).orders.at(0).owners.size(), 1U);
}

TEST(FixedPriority, gives_each_device_its_own_order) {
    const Snapshot seen = Machine()
                              .owner(1)
                              .queue(1, second_gpu)
                              .queue(1, first_gpu)
                              .owner(2)
                              .queue(2, second_gpu)
                              .at(1s);
    const Decision decision = FixedPriority({}).decide(seen);
    ASSERT_EQ(decision.orders.size(), 2U);
    EXPECT_EQ(decision.orders[0].gpu, first_gpu);
    EXPECT_EQ(decision.orders[0].owners.size(), 1U);
    EXPECT_EQ(decision.orders[1].gpu, second_gpu);
    EXPECT_EQ(decision.orders[1].owners.size(), 2U);
}

TEST(FixedPriority, spares_owners_without_a_rung) {
    const Snapshot seen = Machine().owner(1, {.level = PreemptionLevel::none}).queue(1).at(1s);
    EXPECT_FALSE(FixedPriority({}).decide(seen).orders.at(0).owners.at(0).preemptible);
}

TEST(FixedPriority, passes_an_operators_hold_on) {
    const Snapshot seen = Machine().owner(1, {.held_until = TimePoint(9s)}).queue(1).at(1s);
    const Decision decision = FixedPriority({}).decide(seen);
    EXPECT_EQ(decision.orders.at(0).owners.at(0).held_until, TimePoint(9s));
}

TEST(FixedPriority, passes_holds_of_single_queues_on_to_their_device) {
    const Snapshot seen =
        Machine().owner(1).queue(1, first_gpu).queue(1, second_gpu).held(TimePoint(9s)).at(1s);
    const Decision decision = FixedPriority({}).decide(seen);
    EXPECT_TRUE(decision.orders.at(0).held_queues.empty());
    const std::vector<HeldQueue> expected{
        {.owner = OwnerId{1}, .queue = 2, .until = TimePoint(9s)}};
    EXPECT_EQ(decision.orders.at(1).held_queues, expected);
}

TEST(FixedPriority, asks_no_rung_for_single_queues_that_takes_none) {
    const Snapshot seen = Machine()
                              .owner(1, {.level = PreemptionLevel::process_evict})
                              .queue(1)
                              .held(TimePoint(9s))
                              .at(1s);
    EXPECT_TRUE(FixedPriority({}).decide(seen).orders.at(0).held_queues.empty());
}

TEST(FixedPriority, leaves_out_queues_whose_owner_has_vanished) {
    const Snapshot seen = Machine().owner(1).queue(1).queue(2).at(1s);
    EXPECT_EQ(FixedPriority({}).decide(seen).orders.at(0).owners.size(), 1U);
}

TEST(FixedPriority, orders_the_settle_time_it_was_given) {
    const Snapshot seen = Machine().owner(1).queue(1).at(1s);
    EXPECT_EQ(FixedPriority({.settle = 3ms}).decide(seen).orders.at(0).settle, 3ms);
}

TEST(FixedPriority, gives_who_cooperates_a_queue_priority) {
    Machine machine;
    machine.owner(1, {.priority = 20, .level = PreemptionLevel::cooperative_save}).queue(1);
    machine.owner(2, {.priority = -20, .level = PreemptionLevel::launch_limit}).queue(2);
    machine.owner(3, {.priority = 20, .level = PreemptionLevel::debug_suspend}).queue(3);
    const DeviceOrder order = FixedPriority({}).decide(machine.at(1s)).orders.at(0);
    EXPECT_EQ(order.owners.at(0).levers, (Levers{.queue_priority = 15}));
    EXPECT_EQ(order.owners.at(1).levers, (Levers{.queue_priority = 0}));
    EXPECT_EQ(order.owners.at(2).levers, Levers{}) << "nobody would pull them";
}

TEST(FixedPriority, leaves_the_programs_own_queue_priority_to_whom_nobody_gave_one) {
    Machine machine;
    machine.owner(1, {.level = PreemptionLevel::cooperative_save}).queue(1);
    const DeviceOrder order = FixedPriority({}).decide(machine.at(1s)).orders.at(0);
    EXPECT_EQ(order.owners.at(0).levers, Levers{});
}

TEST(FixedPriority, preempts_whose_launches_can_be_held) {
    const Snapshot seen =
        Machine().owner(1, {.level = PreemptionLevel::launch_limit}).queue(1).at(1s);
    EXPECT_TRUE(FixedPriority({}).decide(seen).orders.at(0).owners.at(0).preemptible);
}

TEST(QueuePriority, maps_the_ends_to_the_ends_and_nothing_asked_for_to_normal) {
    EXPECT_EQ(queue_priority_of(-20), 0);
    EXPECT_EQ(queue_priority_of(-10), 4);
    EXPECT_EQ(queue_priority_of(0), 7);
    EXPECT_EQ(queue_priority_of(10), 11);
    EXPECT_EQ(queue_priority_of(20), 15);
}

TEST(QueuePriority, never_falls_when_a_priority_rises) {
    for (std::int32_t priority = -20; priority < 20; ++priority) {
        EXPECT_LE(queue_priority_of(priority), queue_priority_of(priority + 1)) << priority;
    }
}

TEST(QueuePriority, takes_priorities_beyond_the_ends_for_them) {
    EXPECT_EQ(queue_priority_of(INT32_MIN), 0);
    EXPECT_EQ(queue_priority_of(INT32_MAX), 15);
}

TEST(ObserveOnly, orders_nothing_on_a_busy_machine) {
    const Snapshot seen = Machine().owner(1).queue(1).owner(2).queue(2).at(1s);
    EXPECT_EQ(ObserveOnly().decide(seen), Decision{});
}

}  // namespace
}  // namespace penstock
