// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "base/shared_bus.h"
#include "tests/unit/emulator/device/device_rig.h"

namespace penstock::emulator {
namespace {

using namespace std::chrono_literals;

constexpr QueueName first{.tgid = 1, .number = 0};
constexpr QueueName second{.tgid = 2, .number = 0};

TEST(DeviceExecution, completes_a_kernel_after_its_own_length) {
    DeviceRig rig;
    ClientQueue& queue = rig.add_queue(first);
    const auto kernel = queue.submit(1ms);
    EXPECT_EQ(rig.device->run(start), start + 1ms);
    EXPECT_FALSE(queue.completed(kernel));
    rig.device->run(start + 1ms);
    EXPECT_TRUE(queue.completed(kernel));
    EXPECT_EQ(queue.end_of(kernel), start + 1ms);
}

TEST(DeviceExecution, consumes_a_packet_long_before_its_kernel_completes) {
    DeviceRig rig;
    ClientQueue& queue = rig.add_queue(first);
    const auto kernel = queue.submit(1ms);
    rig.device->run(start);
    EXPECT_EQ(queue.read_id(), 1U);
    EXPECT_EQ(queue.header(0), static_cast<std::uint16_t>(aql::PacketType::invalid));
    EXPECT_FALSE(queue.completed(kernel));
}

TEST(DeviceExecution, shares_the_device_equally_among_queues) {
    DeviceRig rig;
    ClientQueue& a = rig.add_queue(first);
    ClientQueue& b = rig.add_queue(second);
    const auto short_one = a.submit(1ms);
    const auto long_one = b.submit(3ms);
    rig.device->run(start);
    rig.device->run(start + 10ms);
    EXPECT_EQ(a.end_of(short_one), start + 2ms);
    EXPECT_EQ(b.end_of(long_one), start + 4ms);
}

TEST(DeviceExecution, runs_the_packets_of_one_queue_one_after_the_other) {
    DeviceRig rig;
    ClientQueue& queue = rig.add_queue(first);
    for (int i = 0; i < 10; ++i) {
        queue.submit(1ms);
    }
    rig.device->run(start);
    EXPECT_EQ(queue.read_id(), 1U);
    rig.device->run(start + 20ms);
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(queue.end_of(static_cast<std::uint64_t>(i)), start + (i + 1) * 1ms);
    }
}

TEST(DeviceExecution, bounds_a_queue_by_its_mask_and_gives_the_rest_away) {
    DeviceRig rig({.compute_units = 100});
    ClientQueue& masked = rig.add_queue(first);
    ClientQueue& free = rig.add_queue(second);
    rig.device->set_cu_mask(first, 25, start);
    const auto quarter = masked.submit(1ms);
    const auto rest = free.submit(3ms);
    rig.device->run(start);
    rig.device->run(start + 10ms);
    EXPECT_EQ(masked.end_of(quarter), start + 4ms);
    EXPECT_EQ(free.end_of(rest), start + 4ms);
}

TEST(DeviceExecution, runs_a_kernel_it_does_not_know_for_the_default_duration) {
    DeviceRig rig({.default_kernel = 70us});
    ClientQueue& queue = rig.add_queue(first);
    aql::KernelDispatch packet;
    packet.header = static_cast<std::uint16_t>(aql::PacketType::kernel_dispatch);
    queue.publish(packet);
    packet.kernel_object = synthetic_kernel_object;
    packet.kernarg_address = 0xdead0000;
    queue.publish(packet);
    rig.device->run(start);
    EXPECT_EQ(rig.device->run(start + 70us), start + 140us);
    rig.device->run(start + 140us);
    EXPECT_EQ(rig.device->counters().kernels, 2U);
}

TEST(DeviceExecution, counts_traffic_in_proportion_to_progress) {
    DeviceRig rig;
    ClientQueue& queue = rig.add_queue(first);
    queue.submit({.duration_ns = 1'000'000, .dram_read_bytes = 8'000, .dram_written_bytes = 2'000});
    rig.device->run(start);
    rig.device->run(start + 250us);
    EXPECT_EQ(rig.device->counters().dram_read_bytes, 2'000U);
    EXPECT_EQ(rig.device->counters().dram_written_bytes, 500U);
    EXPECT_EQ(rig.device->counters().busy, 250us);
    EXPECT_EQ(rig.device->counters().kernels, 0U);
    rig.device->run(start + 5ms);
    EXPECT_EQ(rig.device->counters().dram_read_bytes, 8'000U);
    EXPECT_EQ(rig.device->counters().busy, 1ms);
    EXPECT_EQ(rig.device->counters().kernels, 1U);
    EXPECT_EQ(rig.device->counters().packets, 1U);
}

TEST(DeviceExecution, holds_a_queue_at_a_barrier_until_another_queue_completes) {
    DeviceRig rig;
    ClientQueue& producer = rig.add_queue({.tgid = 1, .number = 0});
    ClientQueue& consumer = rig.add_queue({.tgid = 1, .number = 1});
    const auto made = producer.submit(1ms);
    const auto barrier =
        consumer.submit_barrier(aql::PacketType::barrier_and, {producer.signal_address(made)});
    const auto used = consumer.submit(2ms);
    rig.device->run(start);
    EXPECT_EQ(consumer.read_id(), 0U);
    rig.device->run(start + 10ms);
    EXPECT_EQ(consumer.end_of(barrier), start + 1ms);
    EXPECT_EQ(consumer.end_of(used), start + 3ms);
}

TEST(DeviceExecution, passes_a_chain_of_barriers_in_one_moment) {
    DeviceRig rig;
    ClientQueue& last = rig.add_queue({.tgid = 1, .number = 0});
    ClientQueue& middle = rig.add_queue({.tgid = 1, .number = 1});
    ClientQueue& producer = rig.add_queue({.tgid = 1, .number = 2});
    const auto made = producer.submit(1ms);
    const auto passed =
        middle.submit_barrier(aql::PacketType::barrier_or, {producer.signal_address(made)});
    const auto end =
        last.submit_barrier(aql::PacketType::barrier_and, {middle.signal_address(passed)});
    rig.device->run(start);
    rig.device->run(start + 1ms);
    EXPECT_EQ(last.end_of(end), start + 1ms);
}

TEST(DeviceExecution, completes_packets_that_are_not_modelled_at_once) {
    DeviceRig rig;
    ClientQueue& queue = rig.add_queue(first);
    queue.put(queue.signal_address(0), aql::Signal{.value = 1});
    aql::KernelDispatch vendor;
    vendor.header = static_cast<std::uint16_t>(aql::PacketType::vendor_specific);
    vendor.completion_signal = queue.signal_address(0);
    queue.publish(vendor);
    const auto after = queue.submit(1ms);
    rig.device->run(start);
    EXPECT_TRUE(queue.completed(0));
    rig.device->run(start + 1ms);
    EXPECT_TRUE(queue.completed(after));
}

TEST(DeviceExecution, sees_new_work_of_an_idle_queue_at_the_next_poll) {
    DeviceRig rig({.poll_period = 100us});
    ClientQueue& queue = rig.add_queue(first);
    const TimePoint poll = rig.device->run(start);
    EXPECT_EQ(poll, start + 100us);
    const auto kernel = queue.submit(1ms);
    rig.device->run(poll);
    rig.device->run(start + 2ms);
    EXPECT_EQ(queue.end_of(kernel), poll + 1ms);
}

TEST(DeviceExecution, sees_new_work_of_a_busy_queue_as_soon_as_the_kernel_before_it_ends) {
    DeviceRig rig;
    ClientQueue& queue = rig.add_queue(first);
    queue.submit(1ms);
    rig.device->run(start);
    const auto next = queue.submit(1ms);
    rig.device->run(start + 5ms);
    EXPECT_EQ(queue.end_of(next), start + 2ms);
}

TEST(DeviceExecution, asks_for_no_polling_when_every_queue_is_busy_or_there_is_none) {
    DeviceRig rig({.poll_period = 100us});
    EXPECT_GE(rig.device->run(start), start + 1min);
    ClientQueue& queue = rig.add_queue(first);
    queue.submit(7ms);
    EXPECT_EQ(rig.device->run(start), start + 7ms);
}

TEST(DeviceExecution, forgets_the_kernel_of_a_destroyed_queue_but_not_its_traffic) {
    DeviceRig rig;
    ClientQueue& queue = rig.add_queue(first);
    const auto kernel = queue.submit({.duration_ns = 1'000'000, .dram_read_bytes = 1'000});
    rig.device->run(start);
    rig.device->destroy(first, start + 500us);
    rig.device->destroy(first, start + 500us);
    EXPECT_GE(rig.device->run(start + 5ms), start + 1min);
    EXPECT_FALSE(queue.completed(kernel));
    EXPECT_EQ(rig.device->counters().dram_read_bytes, 500U);
    EXPECT_EQ(rig.device->counters().kernels, 0U);
}

TEST(DeviceExecution, slows_down_what_waits_for_memory) {
    DeviceRig rig;
    ClientQueue& moving = rig.add_queue(first);
    ClientQueue& still = rig.add_queue(second);
    const auto reads = moving.submit({.duration_ns = 1'000'000, .dram_read_bytes = 4'000'000});
    const auto computes = still.submit(1ms);
    rig.device->run(start);
    EXPECT_EQ(rig.device->dram_demand(), 2'000'000'000U) << "half of the device, 4 GB/s alone";
    rig.device->serve_memory(full_bus_speed / 4, start);
    EXPECT_EQ(rig.device->run(start + 1us), start + 2ms);
    rig.device->run(start + 2ms);
    EXPECT_TRUE(still.completed(computes));
    EXPECT_EQ(rig.device->counters().dram_read_bytes, 1'000'000U) << "a quarter of half of 2 ms";
    EXPECT_EQ(rig.device->dram_demand(), 4'000'000'000U) << "what it would ask for";
    rig.device->serve_memory(full_bus_speed, start + 2ms);
    rig.device->run(start + 2749us);
    EXPECT_FALSE(moving.completed(reads));
    rig.device->run(start + 2750us);
    EXPECT_TRUE(moving.completed(reads));
    EXPECT_EQ(rig.device->dram_demand(), 0U);
}

TEST(DeviceExecution, ignores_the_rings_of_queues_of_other_types) {
    DeviceRig rig;
    ClientQueue queue(rig.memory, first);
    QueueSetup setup = queue.setup();
    setup.type = kfd::queue_type_sdma;
    rig.device->create(setup, start);
    queue.submit(1ms);
    EXPECT_GE(rig.device->run(start), start + 1min);
    EXPECT_EQ(queue.read_id(), 0U);
}

TEST(DeviceExecution, is_not_confused_by_time_that_stands_or_goes_back) {
    DeviceRig rig;
    ClientQueue& queue = rig.add_queue(first);
    const auto kernel = queue.submit(1ms);
    rig.device->run(start);
    rig.device->run(start + 600us);
    rig.device->run(start + 600us);
    rig.device->run(start + 100us);
    EXPECT_EQ(rig.device->run(start + 600us), start + 1ms);
    rig.device->run(start + 1ms);
    EXPECT_EQ(queue.end_of(kernel), start + 1ms);
}

TEST(DeviceExecution, knows_nothing_of_queues_that_do_not_exist) {
    DeviceRig rig;
    rig.device->destroy(first, start);
    rig.device->set_cu_mask(first, 10, start);
    rig.device->update({.name = first}, start);
    EXPECT_EQ(rig.device->suspend(std::span(&first, 1), start), start);
    EXPECT_EQ(rig.device->resume(std::span(&first, 1), start), start);
}

}  // namespace
}  // namespace penstock::emulator
