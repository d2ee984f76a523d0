// SPDX-License-Identifier: Apache-2.0
//
// What a preemption costs a device, and the bound that the guard derives from it.

#include "policies/preemption_cost.h"

#include <gtest/gtest.h>

#include <limits>

#include "policies/guard.h"
#include "tests/fakes/machine.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using fakes::first_gpu;

constexpr double share = 0.02;

Device measured(DeviceScheduler scheduler, Duration suspend, Duration resume) {
    return {.gpu = first_gpu,
            .scheduler = scheduler,
            .suspend_cost = {.value = suspend},
            .resume_cost = {.value = resume}};
}

// What the guard makes of the wish on this device.
DeviceOrder trimmed(DeviceOrder wish, const Device& device) {
    Snapshot seen;
    seen.devices = {device};
    wish.gpu = device.gpu;
    return Guard({}).trim({.orders = {wish}}, seen).orders.at(0);
}

TEST(PreemptionCost, is_everybodys_standstill_where_there_is_one_runlist) {
    EXPECT_EQ(device_time_per_preemption(measured(DeviceScheduler::hws, 300us, 200us)), 500us);
}

TEST(PreemptionCost, is_the_restoring_where_queues_come_and_go_one_by_one) {
    EXPECT_EQ(device_time_per_preemption(measured(DeviceScheduler::mes, 300us, 200us)), 200us);
    EXPECT_EQ(device_time_per_preemption(measured(DeviceScheduler::none, 300us, 200us)), 200us);
}

TEST(PreemptionCost, takes_an_unknown_scheduler_for_the_dearer_one) {
    EXPECT_EQ(device_time_per_preemption(measured(DeviceScheduler::unknown, 300us, 200us)), 500us);
}

TEST(PreemptionCost, is_not_known_before_all_of_it_was_measured) {
    Device device = measured(DeviceScheduler::hws, 300us, 200us);
    device.suspend_cost.value.reset();
    EXPECT_EQ(device_time_per_preemption(device), std::nullopt);
    device.scheduler = DeviceScheduler::mes;
    EXPECT_EQ(device_time_per_preemption(device), 200us);
    device.resume_cost.value.reset();
    EXPECT_EQ(device_time_per_preemption(device), std::nullopt);
}

TEST(SuspensionBound, keeps_the_cost_within_the_share) {
    const SuspensionBound bound =
        suspension_bound(measured(DeviceScheduler::hws, 300us, 200us), share);
    EXPECT_EQ(bound.interval, 25ms);
    EXPECT_EQ(bound.burst, 10U);
}

TEST(SuspensionBound, saves_up_a_quarter_of_a_second) {
    EXPECT_EQ(suspension_bound(measured(DeviceScheduler::mes, 0us, 100us), share).burst, 50U);
    EXPECT_EQ(suspension_bound(measured(DeviceScheduler::mes, 0us, 1ns), share).burst,
              DeviceOrder::most_suspension_burst);
}

TEST(SuspensionBound, lets_a_preemption_a_second_pass_however_dear_it_is) {
    const Device dear = measured(DeviceScheduler::mes, 0us, 9s);
    EXPECT_EQ(suspension_bound(dear, share).interval, 1s);
    EXPECT_EQ(suspension_bound(dear, share).burst, 4U);
    for (const double odd : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
        EXPECT_EQ(suspension_bound(dear, odd).interval, 1s) << odd;
    }
}

TEST(SuspensionBound, is_none_where_preemption_costs_nothing) {
    EXPECT_EQ(suspension_bound(measured(DeviceScheduler::mes, 5us, 0us), share).interval, 0us);
    EXPECT_EQ(suspension_bound(measured(DeviceScheduler::hws, -5us, 0us), share).interval, 0us);
}

TEST(SuspensionBound, assumes_a_cost_until_it_was_measured) {
    EXPECT_EQ(suspension_bound(Device{.scheduler = DeviceScheduler::mes}, share).interval, 10ms);
    EXPECT_EQ(suspension_bound(Device{.scheduler = DeviceScheduler::hws}, share).interval, 20ms);
    EXPECT_EQ(suspension_bound(Device{}, share).interval, 20ms);
    EXPECT_GE(suspension_bound(Device{}, share).burst, 4U) << "three calls give a figure";
}

TEST(GuardBudget, sets_the_bound_of_the_device) {
    const DeviceOrder order = trimmed({}, measured(DeviceScheduler::hws, 300us, 200us));
    EXPECT_EQ(order.suspension_interval, 25ms);
    EXPECT_EQ(order.suspension_burst, 10U);
}

TEST(GuardBudget, assumes_a_cost_on_a_device_that_nobody_has_described) {
    const Decision decision = Guard({}).trim({.orders = {{.gpu = GpuId{99}}}}, Snapshot{});
    EXPECT_EQ(decision.orders.at(0).suspension_interval, 20ms);
}

TEST(GuardBudget, follows_the_share_it_was_given) {
    Snapshot seen;
    seen.devices = {measured(DeviceScheduler::hws, 300us, 200us)};
    const Guard generous({.device_time_share = 0.5});
    EXPECT_EQ(
        generous.trim({.orders = {{.gpu = first_gpu}}}, seen).orders.at(0).suspension_interval,
        1ms);
}

TEST(GuardBudget, is_never_looser_than_the_policy) {
    const Device device = measured(DeviceScheduler::hws, 300us, 200us);
    const DeviceOrder rarer = trimmed({.suspension_interval = 2s, .suspension_burst = 3}, device);
    EXPECT_EQ(rarer.suspension_interval, 2s);
    EXPECT_EQ(rarer.suspension_burst, 3U);
    const DeviceOrder oftener =
        trimmed({.suspension_interval = 1ms, .suspension_burst = 500}, device);
    EXPECT_EQ(oftener.suspension_interval, 25ms);
    EXPECT_EQ(oftener.suspension_burst, 10U);
}

TEST(GuardBudget, brings_absurd_wishes_into_range) {
    const Device device = measured(DeviceScheduler::hws, 300us, 200us);
    const DeviceOrder never = trimmed({.suspension_interval = 1h, .suspension_burst = 0}, device);
    EXPECT_EQ(never.suspension_interval, 60s);
    EXPECT_EQ(never.suspension_burst, 1U);
    EXPECT_EQ(trimmed({.suspension_interval = -1s}, device).suspension_interval, 25ms);
}

TEST(GuardBudget, keeps_a_policys_own_bound_where_preemption_costs_nothing) {
    const DeviceOrder order = trimmed({.suspension_interval = 5ms, .suspension_burst = 7},
                                      measured(DeviceScheduler::mes, 0us, 0us));
    EXPECT_EQ(order.suspension_interval, 5ms);
    EXPECT_EQ(order.suspension_burst, 7U);
}

}  // namespace
}  // namespace penstock
