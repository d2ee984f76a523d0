// SPDX-License-Identifier: Apache-2.0

#include "policies/reserve.h"

#include <gtest/gtest.h>

#include "tests/fakes/machine.h"
#include "tests/unit/policies/stage.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using fakes::Machine;

Snapshot display_and_speech() {
    Snapshot seen = Machine().owner(1, {.priority = 10}).queue(1).owner(2).queue(2).at(10s);
    seen.owners[1].deadline = 3s;
    seen.owners[1].cost = 800ms;
    return seen;
}

TEST(Reserve, ranks_by_priority_and_lets_deadlines_steal) {
    Reserve policy({.settle = 2ms, .quantum = 5ms, .guard = 50ms});
    const DeviceOrder order = policy.decide(display_and_speech()).orders.at(0);
    EXPECT_EQ(order.settle, 2ms);
    EXPECT_EQ(order.owners[0].rank, 10);
    EXPECT_EQ(order.owners[0].steal, Steal{}) << "it has no deadline";
    EXPECT_EQ(order.owners[1].rank, 0);
    EXPECT_EQ(order.owners[1].deadline, 3s);
    EXPECT_EQ(order.owners[1].cost, 800ms);
    EXPECT_TRUE(order.owners[1].learns);
    EXPECT_EQ(order.owners[1].steal, (Steal{.rank = 1000, .quantum = 5ms, .guard = 50ms}));
}

TEST(Reserve, keeps_its_guard_to_a_quarter_of_a_short_deadline) {
    Snapshot seen = display_and_speech();
    seen.owners[1].deadline = 40ms;
    Reserve policy({});
    EXPECT_EQ(policy.decide(seen).orders.at(0).owners[1].steal.guard, 10ms);
}

// The display always has work: without stealing, speech would only run by the guard's bound.
DeviceOrder crowded(Duration cost) {
    Snapshot seen = display_and_speech();
    seen.owners[1].cost = cost;
    DeviceOrder order = Reserve({}).decide(seen).orders.at(0);
    order.longest_suspension = 60s;
    return order;
}

// Lets every deadline of the executor's come; returns how long owner 2 ran.
Duration run_until(Stage& stage, Duration from, Duration end) {
    Duration ran{};
    for (Duration now = from; now < end;) {
        stage.at(now).proceeds();
        const Duration next = std::min(std::max(stage.deadline().value_or(end), now + 1us), end);
        ran += stage.suspended(2) ? 0ms : next - now;
        now = next;
    }
    return ran;
}

TEST(Reserve, gives_who_has_a_deadline_its_cost_before_it_and_not_much_more) {
    Stage stage;
    stage.at(1s).follow(crowded(800ms)).works(1).works(2);
    const Duration ran = run_until(stage, 1s, 3900ms);
    EXPECT_GE(ran, 790ms);
    EXPECT_LE(ran, 950ms);
}

TEST(Reserve, learns_the_cost_that_nobody_declares) {
    Stage stage;
    stage.at(1s).follow(crowded(0ms)).works(2).proceeds();
    stage.at(1600ms).drains(2).proceeds();
    stage.at(1601ms).proceeds();  // It had 600 ms of the device, alone.
    stage.at(2s).works(1).works(2);
    const Duration ran = run_until(stage, 2s, 4900ms);
    EXPECT_GE(ran, 590ms);
    EXPECT_LE(ran, 750ms);
}

TEST(Reserve, waits_for_its_guard_time_where_nothing_is_known) {
    Stage stage;
    stage.at(1s).follow(crowded(0ms)).works(1).works(2);
    EXPECT_LE(run_until(stage, 1s, 3800ms), 20ms);
    EXPECT_GE(run_until(stage, 3800ms, 4s), 95ms);
}

}  // namespace
}  // namespace penstock
