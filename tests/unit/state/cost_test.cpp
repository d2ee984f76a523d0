// SPDX-License-Identifier: Apache-2.0
//
// What preemption costs a device, as the machine state learns it.

#include <gtest/gtest.h>

#include "agent/state/machine_state.h"
#include "agent/state/mean_cost.h"
#include "agent/state/median_cost.h"
#include "tests/fakes/happenings.h"

namespace penstock {
namespace {

using fakes::adopted;
using fakes::first_gpu;
using fakes::key;
using fakes::owner_appears;
using fakes::queue_appears;
using fakes::second_gpu;
using namespace std::chrono_literals;

MeanCost after(std::initializer_list<Duration> seen) {
    MeanCost cost;
    for (const Duration each : seen) {
        cost.add(each);
    }
    return cost;
}

void add_many(MeanCost& cost, int count, Duration seen) {
    for (int i = 0; i < count; ++i) {
        cost.add(seen);
    }
}

bool near(const MeanCost& cost, Duration expected) {
    return cost.value() && std::chrono::abs(*cost.value() - expected) * 6 <= expected;
}

TEST(MeanCost, is_unknown_before_the_third_call) {
    EXPECT_EQ(after({100us, 100us}).value(), std::nullopt);
    EXPECT_EQ(after({100us, 100us, 100us}).value(), 100us);
}

TEST(MeanCost, does_not_begin_with_an_outlier) {
    EXPECT_EQ(after({90ms, 100us, 110us}).value(), 110us);
    EXPECT_EQ(after({100us, 0us, 110us}).value(), 100us);
}

TEST(MeanCost, is_not_doubled_by_one_outlier) {
    MeanCost cost = after({100us, 100us, 100us});
    cost.add(9s);
    EXPECT_LT(*cost.value(), 200us);
    add_many(cost, 100, 100us);
    EXPECT_TRUE(near(cost, 100us)) << cost.value()->count();
}

TEST(MeanCost, counts_slow_calls_that_are_frequent_in_full) {
    MeanCost cost = after({100us, 100us, 100us});
    for (int i = 0; i < 200; ++i) {
        add_many(cost, 9, 100us);
        cost.add(2ms);
    }
    EXPECT_GT(*cost.value(), 230us) << "the mean is 290 us, the median 100";
    EXPECT_LT(*cost.value(), 400us);
}

TEST(MeanCost, follows_a_device_that_becomes_slower_or_faster) {
    MeanCost cost = after({100us, 100us, 100us});
    add_many(cost, 120, 5ms);
    EXPECT_GT(*cost.value(), 4ms);
    add_many(cost, 200, 100us);
    EXPECT_TRUE(near(cost, 100us)) << cost.value()->count();
}

TEST(MeanCost, stands_still_while_little_changes) {
    MeanCost cost = after({100us, 100us, 100us});
    for (int i = 0; i < 1000; ++i) {
        cost.add(i % 2 == 0 ? 110us : 95us);
        ASSERT_EQ(cost.value(), 100us) << "each move is a new order for the gate";
    }
}

TEST(MeanCost, is_not_stuck_at_nothing) {
    MeanCost cost = after({0us, 0us, 0us});
    EXPECT_EQ(cost.value(), 0us);
    add_many(cost, 1000, 100us);
    EXPECT_TRUE(near(cost, 100us));
}

TEST(MeanCost, ignores_negative_durations_and_bounds_endless_ones) {
    MeanCost cost = after({-1us, -1us, -1us, -1us});
    EXPECT_EQ(cost.value(), std::nullopt);
    add_many(cost, 3, Duration::max());
    EXPECT_EQ(cost.value(), 10s);
}

TEST(MedianCost, is_unknown_before_the_third_call) {
    MedianCost cost;
    cost.add(100us);
    cost.add(-1us);
    cost.add(3ms);
    EXPECT_EQ(cost.value(), std::nullopt);
    cost.add(120us);
    EXPECT_EQ(cost.value(), 120us);
}

TEST(MedianCost, ignores_waits_as_long_as_most_calls_have_none) {
    MedianCost cost;
    for (int i = 0; i < 1000; ++i) {
        cost.add(i % 5 < 3 ? 100us : 5ms);
        ASSERT_TRUE(i < 8 || cost.value() == 100us) << i;
    }
}

TEST(MedianCost, follows_a_device_that_becomes_slower_or_faster) {
    MedianCost cost;
    for (const Duration pace : {100us, 900us, 80us}) {
        for (int i = 0; i < 64; ++i) {
            cost.add(pace);
        }
        EXPECT_EQ(cost.value(), pace);
    }
}

TEST(MedianCost, stands_still_while_little_changes) {
    MedianCost cost;
    for (int i = 0; i < 300; ++i) {
        cost.add(std::chrono::microseconds(100 + i / 3 % 12));
        ASSERT_TRUE(i < 2 || cost.value() == 100us) << i;
    }
}

TEST(MedianCost, bounds_endless_calls) {
    MedianCost cost;
    for (int i = 0; i < 3; ++i) {
        cost.add(Duration::max());
    }
    EXPECT_EQ(cost.value(), 10s);
}

// One owner on the given rung, on one device.
class DeviceCosts : public ::testing::Test {
  protected:
    void SetUp() override {
        state_.absorb({.devices = {{.gpu = first_gpu, .scheduler = DeviceScheduler::mes}},
                       .queue_events = {owner_appears(1), queue_appears(key(1, 0))},
                       .gate_news = {adopted(1, PreemptionLevel::debug_suspend)}},
                      TimePoint(1s));
    }

    // Three times, so that it becomes known.
    void see(wire::Acted act) {
        act.owner = OwnerId{1};
        act.gpu = act.gpu == GpuId{} ? first_gpu : act.gpu;
        state_.absorb({.gate_news = {act, act, act}}, TimePoint(2s));
    }

    void see_unmaps(GpuId gpu, Duration took) {
        const UnmapReading unmap{.gpu = gpu, .took = took, .taken = TimePoint(3s)};
        state_.absorb({.unmaps = {unmap, unmap, unmap}}, TimePoint(3s));
    }

    static wire::Acted call(Verb verb, std::int64_t ns) {
        return {.verb = verb, .queues = 1, .entered_ns = 5'000, .done_ns = 5'000 + ns};
    }

    const Device& device() { return state_.snapshot().devices.at(0); }

    MachineState state_;
};

TEST_F(DeviceCosts, are_unknown_at_first_and_say_why) {
    EXPECT_EQ(device().suspend_cost.value, std::nullopt);
    EXPECT_EQ(device().resume_cost.value, std::nullopt);
    EXPECT_EQ(device().suspend_cost.source, "too few calls were seen yet");
}

TEST_F(DeviceCosts, come_from_the_ioctls_the_gate_has_done) {
    see(call(Verb::suspend, 120'000));
    EXPECT_EQ(device().suspend_cost.value, 120us);
    EXPECT_EQ(device().suspend_cost.source, "ioctl duration");
    EXPECT_EQ(device().suspend_cost.confidence, Confidence::derived);
    EXPECT_EQ(device().suspend_cost.taken, TimePoint(125us));
    EXPECT_EQ(device().resume_cost.value, std::nullopt);
    see(call(Verb::resume, 80'000));
    EXPECT_EQ(device().resume_cost.value, 80us);
}

TEST_F(DeviceCosts, learn_nothing_from_calls_that_failed_or_reached_nothing) {
    wire::Acted failed = call(Verb::suspend, 9'000'000'000);
    failed.error = ETIME;
    see(failed);
    wire::Acted empty = call(Verb::suspend, 1'000);
    empty.queues = 0;
    see(empty);
    EXPECT_EQ(device().suspend_cost.value, std::nullopt);
}

TEST_F(DeviceCosts, learn_nothing_from_orders_that_were_only_sent) {
    state_.absorb({.gate_news = {adopted(1, PreemptionLevel::cooperative_save)}}, TimePoint(2s));
    see(call(Verb::suspend, 3'000));
    EXPECT_EQ(device().suspend_cost.value, std::nullopt);
}

TEST_F(DeviceCosts, learn_nothing_about_unknown_devices) {
    wire::Acted elsewhere = call(Verb::suspend, 3'000);
    elsewhere.gpu = second_gpu;
    see(elsewhere);
    see_unmaps(second_gpu, 50us);
    EXPECT_EQ(device().suspend_cost.value, std::nullopt);
    ASSERT_EQ(state_.snapshot().devices.size(), 1U);
}

TEST_F(DeviceCosts, prefer_what_the_driver_itself_spent) {
    see(call(Verb::suspend, 120'000));
    see(call(Verb::resume, 130'000));
    see_unmaps(first_gpu, 50us);
    EXPECT_EQ(device().suspend_cost.value, 50us);
    EXPECT_EQ(device().resume_cost.value, 50us);
    EXPECT_EQ(device().suspend_cost.source, "unmap_queues_cpsch");
    EXPECT_EQ(device().suspend_cost.confidence, Confidence::counter);
    EXPECT_EQ(device().suspend_cost.taken, TimePoint(3s));
}

TEST_F(DeviceCosts, outlive_a_new_look_at_the_devices) {
    see(call(Verb::suspend, 120'000));
    state_.absorb({.devices = {{.gpu = first_gpu}, {.gpu = second_gpu}}}, TimePoint(4s));
    EXPECT_EQ(device().suspend_cost.value, 120us);
    EXPECT_EQ(state_.snapshot().devices.at(1).suspend_cost.value, std::nullopt);
}

TEST_F(DeviceCosts, are_forgotten_with_the_device) {
    see(call(Verb::suspend, 120'000));
    state_.absorb({.devices = {{.gpu = second_gpu}}}, TimePoint(4s));
    state_.absorb({.devices = {{.gpu = first_gpu}}}, TimePoint(5s));
    EXPECT_EQ(device().suspend_cost.value, std::nullopt);
}

TEST_F(DeviceCosts, leave_what_else_is_known_of_a_device) {
    state_.absorb({.devices = {{.gpu = first_gpu,
                                .scheduler = DeviceScheduler::hws,
                                .compute_units = 104,
                                .one_debugged = true}}},
                  TimePoint(4s));
    see(call(Verb::suspend, 120'000));
    EXPECT_EQ(device().scheduler, DeviceScheduler::hws);
    EXPECT_EQ(device().compute_units, 104U);
    EXPECT_TRUE(device().one_debugged);
}

}  // namespace
}  // namespace penstock
