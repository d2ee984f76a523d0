// SPDX-License-Identifier: Apache-2.0

#include "policies/device_advice.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

using namespace std::chrono_literals;

constexpr ThrottleLevel saturated = ThrottleLevel::fall_back;

// On one memory, and sooner on the device.
OperationCosts usual() {
    return {.gpu_bytes = 1'000'000,
            .cpu_bytes = 1'000'000,
            .gpu_rate = {20'000'000'000},
            .cpu_rate = {10'000'000'000}};
}

TEST(DeviceAdvice, is_none_below_the_highest_level) {
    OperationCosts costs = usual();
    costs.cpu_bytes = 1;
    for (const ThrottleLevel level :
         {ThrottleLevel::none, ThrottleLevel::reduce_batch, ThrottleLevel::delay_launch}) {
        EXPECT_EQ(advise(level, costs), DeviceAdvice());
    }
}

TEST(DeviceAdvice, is_to_stay_where_the_processor_is_done_later) {
    const DeviceAdvice advice = advise(saturated, usual());
    EXPECT_EQ(advice.device, AdvisedDevice::gpu);
    EXPECT_EQ(advice.reason, AdviceReason::same_memory);
    EXPECT_EQ(advice.confidence, 1);
}

TEST(DeviceAdvice, is_the_processor_where_that_is_done_as_soon) {
    OperationCosts costs = usual();
    costs.gpu_rate = costs.cpu_rate;
    EXPECT_EQ(
        advise(saturated, costs),
        (DeviceAdvice{
            .device = AdvisedDevice::cpu, .reason = AdviceReason::sooner, .confidence = 0.5}));
}

TEST(DeviceAdvice, is_the_processor_where_that_moves_fewer_bytes) {
    OperationCosts costs = usual();
    costs.cpu_bytes = costs.gpu_bytes / 4;
    const DeviceAdvice advice = advise(saturated, costs);
    EXPECT_EQ(advice.device, AdvisedDevice::cpu);
    EXPECT_EQ(advice.reason, AdviceReason::fewer_bytes);
}

TEST(DeviceAdvice, is_the_processor_where_its_bytes_are_elsewhere) {
    EXPECT_EQ(advise(saturated, {.other_memory = true}).device, AdvisedDevice::cpu);
}

TEST(DeviceAdvice, is_none_where_costs_are_unknown) {
    OperationCosts costs = usual();
    costs.gpu_rate = {};
    EXPECT_EQ(advise(saturated, costs).reason, AdviceReason::costs_unknown);
    EXPECT_EQ(advise(saturated, {}).device, AdvisedDevice::any);
    EXPECT_EQ(advise(saturated, {}).confidence, 0);
}

TEST(DeviceAdvice, is_never_for_the_critical) {
    const OperationCosts costs{
        .gpu_bytes = 2, .cpu_bytes = 1, .other_memory = true, .critical = true};
    EXPECT_EQ(advise(saturated, costs).device, AdvisedDevice::any);
    EXPECT_EQ(advise(saturated, costs).reason, AdviceReason::critical);
}

TEST(DeviceAdviser, keeps_an_advice_for_a_second) {
    DeviceAdviser adviser;
    OperationCosts costs = usual();
    costs.cpu_bytes = 1;
    TimePoint now{100s};
    ASSERT_EQ(adviser.advise(saturated, costs, now).advice.device, AdvisedDevice::cpu);
    EXPECT_EQ(adviser.advise(saturated, costs, now).valid_until, now + 1s);
    EXPECT_EQ(adviser.advise(ThrottleLevel::none, costs, now + 999ms).advice.device,
              AdvisedDevice::cpu);
    EXPECT_EQ(adviser.advise(ThrottleLevel::none, costs, now + 1s).advice.device,
              AdvisedDevice::any);
    EXPECT_EQ(adviser.advise(saturated, costs, now + 1500ms).advice.device, AdvisedDevice::any);
    EXPECT_EQ(adviser.advise(saturated, costs, now + 2s).advice.device, AdvisedDevice::cpu);
}

TEST(DeviceAdviser, lets_the_critical_leave_at_once) {
    DeviceAdviser adviser;
    OperationCosts costs{.other_memory = true};
    ASSERT_EQ(adviser.advise(saturated, costs, TimePoint(100s)).advice.device, AdvisedDevice::cpu);
    costs.critical = true;
    EXPECT_EQ(adviser.advise(saturated, costs, TimePoint(100s + 1ms)).advice.device,
              AdvisedDevice::any);
}

}  // namespace
}  // namespace penstock
