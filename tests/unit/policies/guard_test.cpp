// SPDX-License-Identifier: Apache-2.0

#include "policies/guard.h"

#include <gtest/gtest.h>

#include "tests/fakes/machine.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using fakes::first_gpu;
using fakes::Machine;
using fakes::second_gpu;

Decision wish(DeviceOrder order) {
    return {.orders = {std::move(order)}};
}

Decision wish_owners(std::vector<RankedOwner> owners) {
    return wish({.gpu = first_gpu, .owners = std::move(owners)});
}

// A device whose preemptions cost nothing needs no bound on them.
Snapshot with_a_free_device(Snapshot seen) {
    seen.devices = {{.gpu = first_gpu,
                     .scheduler = DeviceScheduler::mes,
                     .resume_cost = {.value = Duration{}}}};
    return seen;
}

TEST(Guard, lets_a_modest_wish_through_unchanged) {
    const Snapshot seen = with_a_free_device(Machine().owner(1).queue(1).owner(2).queue(2).at(1s));
    DeviceOrder order{
        .gpu = first_gpu,
        .owners = {{.owner = OwnerId{1}, .rank = 5}, {.owner = OwnerId{2}, .rank = -5}}};
    order.suspension_interval = 3ms;
    order.suspension_burst = 2;
    const Decision modest = wish(order);
    EXPECT_EQ(Guard({}).trim(modest, seen), modest);
}

TEST(Guard, orders_nothing_while_preemption_is_disabled) {
    const Snapshot seen = Machine().owner(1).queue(1).preemption(false).at(1s);
    EXPECT_EQ(Guard({}).trim(wish_owners({{.owner = OwnerId{1}}}), seen), Decision{});
}

TEST(Guard, shortens_what_would_last_too_long) {
    const Decision greedy =
        wish({.gpu = first_gpu, .settle = 1h, .longest_suspension = 1h, .run_window = Duration{}});
    const DeviceOrder trimmed = Guard({}).trim(greedy, Machine().at(1s)).orders.at(0);
    EXPECT_EQ(trimmed.settle, 100ms);
    EXPECT_EQ(trimmed.longest_suspension, 200ms);
    EXPECT_EQ(trimmed.run_window, 20ms);
}

TEST(Guard, makes_negative_durations_harmless) {
    const Decision odd =
        wish({.gpu = first_gpu, .settle = -1s, .longest_suspension = -1s, .run_window = -1s});
    const DeviceOrder trimmed = Guard({}).trim(odd, Machine().at(1s)).orders.at(0);
    EXPECT_EQ(trimmed.settle, 0s);
    EXPECT_EQ(trimmed.longest_suspension, 0s);
    EXPECT_EQ(trimmed.run_window, 20ms);
}

TEST(Guard, follows_the_limits_it_was_given) {
    const Guard strict({.longest_suspension = 5ms, .shortest_run_window = 50ms});
    const DeviceOrder trimmed =
        strict.trim(wish({.gpu = first_gpu}), Machine().at(1s)).orders.at(0);
    EXPECT_EQ(trimmed.longest_suspension, 5ms);
    EXPECT_EQ(trimmed.run_window, 50ms);
}

TEST(Guard, spares_owners_without_a_rung) {
    Machine machine;
    machine.owner(1, {.level = PreemptionLevel::none});
    machine.owner(2, {.level = PreemptionLevel::launch_limit});
    machine.owner(3, {.level = PreemptionLevel::cooperative_save});
    const Decision trimmed = Guard({}).trim(
        wish_owners({{.owner = OwnerId{1}}, {.owner = OwnerId{2}}, {.owner = OwnerId{3}}}),
        machine.at(1s));
    EXPECT_FALSE(trimmed.orders[0].owners[0].preemptible);
    EXPECT_TRUE(trimmed.orders[0].owners[1].preemptible);
    EXPECT_TRUE(trimmed.orders[0].owners[2].preemptible);
}

TEST(Guard, counts_only_suspensions_that_cost_device_time) {
    Machine machine;
    machine.owner(1, {.level = PreemptionLevel::launch_limit});
    machine.owner(2, {.level = PreemptionLevel::cooperative_save});
    const Decision trimmed = Guard({}).trim(
        wish_owners({{.owner = OwnerId{1}}, {.owner = OwnerId{2}, .costs_device_time = false}}),
        machine.at(1s));
    EXPECT_FALSE(trimmed.orders[0].owners[0].costs_device_time);
    EXPECT_TRUE(trimmed.orders[0].owners[1].costs_device_time) << "a policy does not decide that";
}

TEST(Guard, leaves_alone_what_no_driver_would_take) {
    const Levers odd{.queue_priority = 16, .units = {.first = 0, .count = 1025}};
    const Levers sound{.queue_priority = 15, .units = {.first = 1024, .count = 1}};
    const Decision trimmed = Guard({}).trim(
        wish_owners({{.owner = OwnerId{1}, .levers = odd}, {.owner = OwnerId{2}, .levers = sound}}),
        Machine().owner(1).owner(2).at(1s));
    EXPECT_EQ(trimmed.orders[0].owners[0].levers, Levers{});
    EXPECT_EQ(trimmed.orders[0].owners[1].levers, sound);
}

TEST(Guard, never_makes_an_exempt_owner_preemptible) {
    const Decision trimmed = Guard({}).trim(
        wish_owners({{.owner = OwnerId{1}, .preemptible = false}}), Machine().owner(1).at(1s));
    EXPECT_FALSE(trimmed.orders[0].owners[0].preemptible);
}

TEST(Guard, spares_owners_whom_an_administrator_exempts) {
    Machine machine;
    machine.owner(1, {.level = PreemptionLevel::debug_suspend, .preemptible = false});
    machine.owner(2, {.level = PreemptionLevel::debug_suspend});
    const Decision trimmed =
        Guard({}).trim(wish_owners({{.owner = OwnerId{1}}, {.owner = OwnerId{2}}}), machine.at(1s));
    EXPECT_FALSE(trimmed.orders[0].owners[0].preemptible);
    EXPECT_TRUE(trimmed.orders[0].owners[1].preemptible);
}

TEST(Guard, drops_owners_that_do_not_exist) {
    const Decision trimmed = Guard({}).trim(
        wish_owners({{.owner = OwnerId{1}}, {.owner = OwnerId{77}}}), Machine().owner(1).at(1s));
    ASSERT_EQ(trimmed.orders[0].owners.size(), 1U);
    EXPECT_EQ(trimmed.orders[0].owners[0].owner, OwnerId{1});
}

TEST(Guard, sorts_and_keeps_the_first_of_two_contradicting_wishes) {
    const Snapshot seen = Machine().owner(1).owner(2).at(1s);
    Decision confused{.orders = {{.gpu = second_gpu},
                                 {.gpu = first_gpu,
                                  .owners = {{.owner = OwnerId{2}, .rank = 7},
                                             {.owner = OwnerId{1}},
                                             {.owner = OwnerId{2}, .rank = 9}}},
                                 {.gpu = second_gpu, .owners = {{.owner = OwnerId{1}}}}}};
    const Decision trimmed = Guard({}).trim(std::move(confused), seen);
    ASSERT_EQ(trimmed.orders.size(), 2U);
    EXPECT_EQ(trimmed.orders[0].gpu, first_gpu);
    ASSERT_EQ(trimmed.orders[0].owners.size(), 2U);
    EXPECT_EQ(trimmed.orders[0].owners[0].owner, OwnerId{1});
    EXPECT_EQ(trimmed.orders[0].owners[1].rank, 7);
    EXPECT_TRUE(trimmed.orders[1].owners.empty());
}

TEST(Guard, lets_only_an_operator_hold) {
    const Snapshot seen = Machine().owner(1).at(1s);
    const Decision trimmed =
        Guard({}).trim(wish_owners({{.owner = OwnerId{1}, .held_until = TimePoint(2s)}}), seen);
    EXPECT_EQ(trimmed.orders[0].owners[0].held_until, TimePoint{});
}

TEST(Guard, bounds_an_operators_hold) {
    const Snapshot seen = Machine().owner(1, {.held_until = TimePoint(1h)}).at(1s);
    const Decision trimmed =
        Guard({}).trim(wish_owners({{.owner = OwnerId{1}, .held_until = TimePoint(1h)}}), seen);
    EXPECT_EQ(trimmed.orders[0].owners[0].held_until, TimePoint(61s));
}

TEST(Guard, keeps_a_policy_from_prolonging_a_hold) {
    const Snapshot seen = Machine().owner(1, {.held_until = TimePoint(2s)}).at(1s);
    const Decision trimmed =
        Guard({}).trim(wish_owners({{.owner = OwnerId{1}, .held_until = TimePoint(30s)}}), seen);
    EXPECT_EQ(trimmed.orders[0].owners[0].held_until, TimePoint(2s));
}

Decision wish_held(std::vector<HeldQueue> held_queues) {
    return wish({.gpu = first_gpu, .held_queues = std::move(held_queues)});
}

HeldQueue held(std::uint32_t queue, TimePoint until) {
    return {.owner = OwnerId{1}, .queue = queue, .until = until};
}

TEST(Guard, bounds_an_operators_hold_of_a_queue) {
    const Snapshot seen = Machine().owner(1).queue(1).held(TimePoint(1h)).at(1s);
    const Decision trimmed = Guard({}).trim(wish_held({held(1, TimePoint(1h))}), seen);
    EXPECT_EQ(trimmed.orders[0].held_queues, std::vector{held(1, TimePoint(61s))});
}

TEST(Guard, lets_only_an_operator_hold_a_queue) {
    const Snapshot seen = Machine().owner(1).queue(1).queue(1).held(TimePoint(2s)).at(1s);
    const Decision trimmed =
        Guard({}).trim(wish_held({held(1, TimePoint(30s)), held(2, TimePoint(30s))}), seen);
    EXPECT_EQ(trimmed.orders[0].held_queues,
              (std::vector{held(1, TimePoint{}), held(2, TimePoint(2s))}));
}

TEST(Guard, drops_holds_of_queues_that_do_not_exist_or_lie_elsewhere) {
    const Snapshot seen = Machine()
                              .owner(1)
                              .queue(1, first_gpu)
                              .held(TimePoint(2s))
                              .queue(1, second_gpu)
                              .held(TimePoint(2s))
                              .at(1s);
    const Decision trimmed = Guard({}).trim(
        wish_held({held(9, TimePoint(2s)), held(2, TimePoint(2s)), held(1, TimePoint(2s))}), seen);
    EXPECT_EQ(trimmed.orders[0].held_queues, std::vector{held(1, TimePoint(2s))});
}

TEST(Guard, drops_holds_that_the_owners_rung_can_not_carry_out) {
    for (const PreemptionLevel level : {PreemptionLevel::cooperative_save,
                                        PreemptionLevel::process_evict,
                                        PreemptionLevel::launch_limit,
                                        PreemptionLevel::none}) {
        const Snapshot seen =
            Machine().owner(1, {.level = level}).queue(1).held(TimePoint(2s)).at(1s);
        const Decision trimmed = Guard({}).trim(wish_held({held(1, TimePoint(2s))}), seen);
        EXPECT_TRUE(trimmed.orders[0].held_queues.empty());
    }
}

TEST(Guard, keeps_no_more_holds_than_an_order_has_room_for) {
    Machine machine;
    machine.owner(1);
    std::vector<HeldQueue> wished;
    for (std::uint32_t queue = 1; queue <= DeviceOrder::most_held_queues + 1; ++queue) {
        machine.queue(1).held(TimePoint(2s));
        wished.push_back(held(queue, TimePoint(2s)));
    }
    const Decision trimmed = Guard({}).trim(wish_held(wished), machine.at(1s));
    EXPECT_EQ(trimmed.orders[0].held_queues.size(), DeviceOrder::most_held_queues);
}

}  // namespace
}  // namespace penstock
