// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <cerrno>
#include <functional>

#include "tests/unit/emulator/fake_machine.h"

namespace penstock::emulator {
namespace {

constexpr std::uint32_t client = 100;
constexpr QueueName first_queue{client, 0};

class Queues : public testing::Test {
  protected:
    void SetUp() override { bench.open(client); }

    int create_with(const std::function<void(kfd::CreateQueue&)>& change) {
        kfd::CreateQueue queue = bench.queue();
        change(queue);
        return bench.call(client, kfd::Nr::create_queue, queue);
    }

    int update_with(const std::function<void(kfd::UpdateQueue&)>& change) {
        const kfd::CreateQueue queue = bench.queue();
        kfd::UpdateQueue argument{.ring_base_address = queue.ring_base_address,
                                  .ring_size = queue.ring_size,
                                  .queue_percentage = 100,
                                  .queue_priority = 7};
        change(argument);
        return bench.call(client, kfd::Nr::update_queue, argument);
    }

    int mask(std::uint32_t bits, std::uint64_t address, std::uint32_t number = 0) {
        kfd::SetCuMask argument{.queue_id = number, .num_cu_mask = bits, .cu_mask_ptr = address};
        return bench.call(client, kfd::Nr::set_cu_mask, argument);
    }

    int destroy(std::uint32_t number) {
        kfd::DestroyQueue argument{.queue_id = number};
        return bench.call(client, kfd::Nr::destroy_queue, argument);
    }

    DriverBench bench;
};

TEST_F(Queues, reach_the_device_as_they_were_asked_for) {
    kfd::CreateQueue queue = bench.queue();
    ASSERT_EQ(bench.call(client, kfd::Nr::create_queue, queue), 0);
    EXPECT_EQ(queue.queue_id, 0U);
    EXPECT_NE(queue.doorbell_offset, 0U);
    const QueueSetup& setup = bench.device->queues.at(first_queue);
    EXPECT_EQ(setup.ring_address, queue.ring_base_address);
    EXPECT_EQ(setup.ring_bytes, 1024U);
    EXPECT_EQ(setup.priority, 7U);
    EXPECT_EQ(setup.percentage, 100U);
}

TEST_F(Queues, have_doorbells_of_their_own) {
    kfd::CreateQueue one = bench.queue();
    kfd::CreateQueue two = bench.queue();
    bench.call(client, kfd::Nr::create_queue, one);
    bench.call(client, kfd::Nr::create_queue, two);
    EXPECT_EQ(two.doorbell_offset, one.doorbell_offset + 8);
}

TEST_F(Queues, are_refused_with_wrong_properties) {
    EXPECT_EQ(create_with([](auto& q) { q.queue_percentage = 101; }), -EINVAL);
    EXPECT_EQ(create_with([](auto& q) { q.queue_priority = 16; }), -EINVAL);
    EXPECT_EQ(create_with([](auto& q) { q.ring_size = 1000; }), -EINVAL);
    EXPECT_EQ(create_with([](auto& q) { q.gpu_id = 1; }), -EINVAL);
    EXPECT_EQ(create_with([](auto& q) { q.queue_type = 5; }), -524);
    EXPECT_TRUE(bench.device->queues.empty());
}

TEST_F(Queues, have_rings_of_no_less_than_1024_bytes) {
    kfd::CreateQueue queue = bench.queue();
    queue.ring_size = 32;
    EXPECT_EQ(bench.call(client, kfd::Nr::create_queue, queue), 0);
    EXPECT_EQ(queue.ring_size, 1024U);
}

TEST_F(Queues, are_refused_with_kernel_addresses_before_their_type_is_looked_at) {
    constexpr std::uint64_t kernel = 0xffff'8000'0000'0000;
    EXPECT_EQ(create_with([&](auto& q) { q.ring_base_address = kernel, q.ring_size = 3; }),
              -EFAULT);
    EXPECT_EQ(create_with([&](auto& q) { q.read_pointer_address = kernel, q.queue_type = 9; }),
              -EFAULT);
    EXPECT_EQ(create_with([&](auto& q) { q.write_pointer_address = kernel; }), -EFAULT);
    EXPECT_EQ(create_with([&](auto& q) { q.eop_buffer_address = kernel; }), -EFAULT);
    EXPECT_EQ(create_with([&](auto& q) { q.ctx_save_restore_address = kernel; }), -EFAULT);
    EXPECT_EQ(create_with([&](auto& q) { q.ring_base_address = kernel, q.queue_priority = 16; }),
              -EINVAL);
}

TEST_F(Queues, may_carry_a_partition_above_the_percentage) {
    EXPECT_EQ(create_with([](auto& q) { q.queue_percentage = 0x364; }), 0);
    EXPECT_EQ(bench.device->queues.at(first_queue).percentage, 100U);
}

TEST_F(Queues, are_refused_without_their_memory) {
    EXPECT_EQ(create_with([](auto& q) { q.ring_base_address = 0; }), -EINVAL);
    EXPECT_EQ(create_with([](auto& q) { q.write_pointer_address = 0; }), -EINVAL);
    EXPECT_EQ(create_with([](auto& q) { q.read_pointer_address = 0; }), -EINVAL);
    EXPECT_EQ(create_with([](auto& q) { q.ring_base_address = 8; }), -EFAULT);
    EXPECT_EQ(create_with([](auto& q) { q.write_pointer_address = 8; }), -EFAULT);
    EXPECT_EQ(create_with([](auto& q) { q.read_pointer_address = ~7ULL; }), -EFAULT);
    EXPECT_EQ(create_with([](auto& q) { q.ring_size = 1U << 31; }), -EFAULT);
}

TEST_F(Queues, are_numbered_with_the_lowest_free_number) {
    EXPECT_EQ(bench.create_queue(client), 0U);
    EXPECT_EQ(bench.create_queue(client), 1U);
    EXPECT_EQ(bench.create_queue(client), 2U);
    EXPECT_EQ(destroy(1), 0);
    EXPECT_EQ(bench.create_queue(client), 1U);
    EXPECT_EQ(bench.create_queue(client), 3U);
}

TEST_F(Queues, are_numbered_per_process) {
    bench.open(200);
    EXPECT_EQ(bench.create_queue(client), 0U);
    EXPECT_EQ(bench.create_queue(200), 0U);
    EXPECT_EQ(bench.device->queues.size(), 2U);
}

TEST_F(Queues, end_at_1024) {
    for (std::uint32_t number = 0; number < kfd::max_queues_per_process; ++number) {
        ASSERT_EQ(bench.create_queue(client), number);
    }
    EXPECT_EQ(create_with([](auto&) {}), -ENOMEM);
}

TEST_F(Queues, leave_the_device_when_destroyed) {
    bench.create_queue(client);
    EXPECT_EQ(destroy(0), 0);
    EXPECT_TRUE(bench.device->queues.empty());
    EXPECT_EQ(destroy(0), -EINVAL);
}

TEST_F(Queues, vanish_with_their_process) {
    bench.create_queue(client);
    bench.create_queue(client);
    bench.driver.died(client, bench.now);
    EXPECT_TRUE(bench.device->queues.empty());
    EXPECT_EQ(bench.driver.owners().find(client), nullptr);
    EXPECT_EQ(bench.driver.run(bench.now), TimePoint::max());
}

TEST_F(Queues, change_all_four_properties_at_once) {
    bench.create_queue(client);
    EXPECT_EQ(update_with([](auto& u) {
                  u.queue_percentage = 0;
                  u.queue_priority = 15;
                  u.ring_size = 512;  // Raised to the smallest.
              }),
              0);
    const QueueSetup& setup = bench.device->queues.at(first_queue);
    EXPECT_EQ(setup.percentage, 0U);
    EXPECT_EQ(setup.priority, 15U);
    EXPECT_EQ(setup.ring_bytes, 1024U);
}

TEST_F(Queues, stop_without_a_ring) {
    bench.create_queue(client);
    EXPECT_EQ(update_with([](auto& u) { u.ring_base_address = 0; }), 0);
    EXPECT_EQ(bench.device->queues.at(first_queue).percentage, 0U);
    EXPECT_NE(bench.device->queues.at(first_queue).ring_address, 0U);
}

TEST_F(Queues, refuse_wrong_changes) {
    bench.create_queue(client);
    EXPECT_EQ(update_with([](auto& u) { u.queue_percentage = 101; }), -EINVAL);
    EXPECT_EQ(update_with([](auto& u) { u.queue_priority = 16; }), -EINVAL);
    EXPECT_EQ(update_with([](auto& u) { u.ring_size = 3; }), -EINVAL);
    EXPECT_EQ(update_with([](auto& u) { u.queue_id = 9; }), -EFAULT);
    EXPECT_EQ(update_with([](auto& u) { u.ring_base_address = 8; }), -EFAULT);
    EXPECT_EQ(bench.device->queues.at(first_queue).percentage, 100U);
}

TEST_F(Queues, are_bound_to_the_units_of_a_mask) {
    bench.create_queue(client);
    std::array<std::uint32_t, 2> bits{0xff, 0x3};
    EXPECT_EQ(mask(64, bench.memory.add(bits)), 0);
    EXPECT_EQ(bench.device->enabled_units.at(first_queue), 10U);
}

TEST_F(Queues, never_have_more_units_than_the_device) {
    bench.create_queue(client);
    std::array<std::uint32_t, 32> bits{};
    bits.fill(~0U);
    EXPECT_EQ(mask(1024, bench.memory.add(bits)), 0);
    EXPECT_EQ(bench.device->enabled_units.at(first_queue), DeviceSettings{}.compute_units);
}

TEST_F(Queues, refuse_wrong_masks) {
    bench.create_queue(client);
    std::uint32_t bits = 1;
    const std::uint64_t address = bench.memory.add(bits);
    EXPECT_EQ(mask(0, address), -EINVAL);
    EXPECT_EQ(mask(33, address), -EINVAL);
    EXPECT_EQ(mask(32, 8), -EFAULT);
    EXPECT_EQ(mask(0xffffffe0, address), -EFAULT);
    EXPECT_EQ(mask(32, address, 9), -EFAULT);
}

}  // namespace
}  // namespace penstock::emulator
