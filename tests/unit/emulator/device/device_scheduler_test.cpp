// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <array>

#include "tests/unit/emulator/device/device_rig.h"

namespace penstock::emulator {
namespace {

using namespace std::chrono_literals;

constexpr QueueName first{.tgid = 1, .number = 0};
constexpr QueueName second{.tgid = 2, .number = 0};

DeviceSettings hws() {
    return {.scheduler = Scheduler::hws, .save_cost = 100us, .restore_cost = 50us};
}

DeviceSettings mes() {
    return {.scheduler = Scheduler::mes, .save_cost = 100us, .restore_cost = 50us};
}

TEST(DeviceScheduler, keeps_the_progress_of_a_suspended_kernel) {
    DeviceRig rig(mes());
    ClientQueue& queue = rig.add_queue(first);
    const auto kernel = queue.submit(1ms);
    rig.device->run(start);
    EXPECT_EQ(rig.suspend(queue, start + 400us), start + 500us);
    EXPECT_GE(rig.device->run(start + 5ms), start + 1min);
    EXPECT_EQ(rig.resume(queue, start + 10ms), start + 10ms + 50us);
    rig.device->run(start + 20ms);
    EXPECT_EQ(queue.end_of(kernel), start + 10ms + 50us + 600us);
}

TEST(DeviceScheduler, gives_the_others_the_part_of_a_suspended_queue) {
    DeviceRig rig(mes());
    ClientQueue& victim = rig.add_queue(first);
    ClientQueue& other = rig.add_queue(second);
    victim.submit(10ms);
    const auto kernel = other.submit(1ms);
    rig.device->run(start);
    rig.suspend(victim, start + 1ms);
    rig.device->run(start + 5ms);
    EXPECT_EQ(other.end_of(kernel), start + 1500us);
}

TEST(DeviceScheduler, stops_everybody_for_a_save_with_hws) {
    DeviceRig rig(hws());
    ClientQueue& victim = rig.add_queue(first);
    ClientQueue& other = rig.add_queue(second);
    victim.submit(10ms);
    const auto kernel = other.submit(1ms);
    rig.device->run(start);
    EXPECT_EQ(rig.suspend(victim, start + 1ms), start + 1100us);
    rig.device->run(start + 5ms);
    EXPECT_EQ(other.end_of(kernel), start + 1600us);
}

TEST(DeviceScheduler, stops_everybody_for_a_restore_with_hws) {
    DeviceRig rig(hws());
    ClientQueue& victim = rig.add_queue(first);
    ClientQueue& other = rig.add_queue(second);
    rig.suspend(victim, start);
    const auto kernel = other.submit(2ms);
    EXPECT_EQ(rig.resume(victim, start + 1500us), start + 1550us);
    rig.device->run(start + 9ms);
    EXPECT_EQ(other.end_of(kernel), start + 2150us);
}

TEST(DeviceScheduler, stops_only_the_queue_itself_for_a_restore_with_mes) {
    DeviceRig rig(mes());
    ClientQueue& victim = rig.add_queue(first);
    ClientQueue& other = rig.add_queue(second);
    rig.suspend(victim, start);
    const auto kernel = other.submit(1ms);
    rig.device->run(start + 1ms);
    rig.resume(victim, start + 1500us);
    rig.device->run(start + 9ms);
    EXPECT_EQ(other.end_of(kernel), start + 2ms);
}

TEST(DeviceScheduler, takes_one_cost_for_all_queues_of_a_call) {
    DeviceRig rig(hws());
    rig.add_queue(first);
    rig.add_queue(second);
    const std::array both = {first, second, first};
    EXPECT_EQ(rig.device->suspend(both, start), start + 100us);
    EXPECT_EQ(rig.device->resume(both, start + 1ms), start + 1050us);
}

TEST(DeviceScheduler, takes_nothing_for_queues_that_are_in_that_state_already) {
    DeviceRig rig(hws());
    ClientQueue& queue = rig.add_queue(first);
    EXPECT_EQ(rig.resume(queue, start), start);
    rig.suspend(queue, start);
    EXPECT_EQ(rig.suspend(queue, start + 1ms), start + 1ms);
}

TEST(DeviceScheduler, does_one_save_or_restore_after_the_other) {
    DeviceRig rig(mes());
    ClientQueue& a = rig.add_queue(first);
    ClientQueue& b = rig.add_queue(second);
    EXPECT_EQ(rig.suspend(a, start), start + 100us);
    EXPECT_EQ(rig.suspend(b, start + 30us), start + 200us);
    EXPECT_EQ(rig.resume(a, start + 40us), start + 250us);
}

TEST(DeviceScheduler, treats_percentage_0_like_a_suspension) {
    DeviceRig rig(mes());
    ClientQueue& queue = rig.add_queue(first);
    const auto kernel = queue.submit(1ms);
    rig.device->run(start);
    QueueSetup setup = queue.setup();
    setup.percentage = 0;
    rig.device->update(setup, start + 400us);
    EXPECT_GE(rig.device->run(start + 5ms), start + 1min);
    setup.percentage = 100;
    rig.device->update(setup, start + 10ms);
    rig.device->run(start + 20ms);
    EXPECT_EQ(queue.end_of(kernel), start + 10ms + 50us + 600us);
}

TEST(DeviceScheduler, needs_both_a_resume_and_a_percentage_to_run_a_queue) {
    DeviceRig rig(hws());
    ClientQueue& queue = rig.add_queue(first);
    rig.suspend(queue, start);
    QueueSetup setup = queue.setup();
    setup.percentage = 0;
    rig.device->update(setup, start + 1ms);
    EXPECT_EQ(rig.resume(queue, start + 2ms), start + 2ms);
    const auto kernel = queue.submit(1ms);
    rig.device->run(start + 3ms);
    EXPECT_EQ(queue.read_id(), 0U);
    setup.percentage = 50;
    rig.device->update(setup, start + 4ms);
    rig.device->run(start + 9ms);
    EXPECT_EQ(queue.end_of(kernel), start + 5050us);
}

TEST(DeviceScheduler, changes_a_priority_without_any_cost) {
    DeviceRig rig(hws());
    ClientQueue& queue = rig.add_queue(first);
    const auto kernel = queue.submit(1ms);
    rig.device->run(start);
    QueueSetup setup = queue.setup();
    setup.priority = 15;
    rig.device->update(setup, start + 500us);
    rig.device->run(start + 2ms);
    EXPECT_EQ(queue.end_of(kernel), start + 1ms);
}

TEST(DeviceScheduler, consumes_no_packet_while_the_runlist_is_reloaded) {
    DeviceRig rig(hws());
    ClientQueue& victim = rig.add_queue(first);
    ClientQueue& other = rig.add_queue(second);
    rig.device->run(start);
    rig.suspend(victim, start);
    const auto kernel = other.submit(1ms);
    EXPECT_EQ(rig.device->run(start + 10us), start + 100us);
    EXPECT_EQ(other.read_id(), 0U);
    rig.device->run(start + 2ms);
    EXPECT_EQ(other.end_of(kernel), start + 1100us);
}

TEST(DeviceScheduler, lets_a_queue_that_is_created_during_a_save_wait_for_its_end) {
    DeviceRig rig(hws());
    ClientQueue& victim = rig.add_queue(first);
    rig.suspend(victim, start);
    ClientQueue& fresh = rig.add_queue(second, start + 20us);
    const auto kernel = fresh.submit(1ms);
    rig.device->run(start + 20us);
    rig.device->run(start + 100us);
    rig.device->run(start + 2ms);
    EXPECT_EQ(fresh.end_of(kernel), start + 1100us);
}

TEST(DeviceScheduler, looks_at_the_ring_of_a_resumed_queue_without_waiting_for_a_poll) {
    DeviceRig rig(mes());
    ClientQueue& queue = rig.add_queue(first);
    rig.suspend(queue, start);
    const auto kernel = queue.submit(1ms);
    EXPECT_GE(rig.device->run(start + 1ms), start + 1min);
    rig.resume(queue, start + 2ms);
    EXPECT_EQ(rig.device->run(start + 2ms), start + 2050us);
    rig.device->run(start + 9ms);
    EXPECT_EQ(queue.end_of(kernel), start + 3050us);
}

TEST(DeviceScheduler, replaces_a_queue_that_is_created_twice) {
    DeviceRig rig(hws());
    ClientQueue& queue = rig.add_queue(first);
    const auto kernel = queue.submit(1ms);
    rig.device->run(start);
    rig.device->create(queue.setup(), start + 10us);
    rig.device->run(start + 5ms);
    EXPECT_FALSE(queue.completed(kernel));
}

}  // namespace
}  // namespace penstock::emulator
