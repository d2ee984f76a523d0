// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/device/aql_ring.h"

#include <gtest/gtest.h>

#include "tests/unit/emulator/device/client_queue.h"

namespace penstock::emulator {
namespace {

using namespace std::chrono_literals;

class AqlRingTest : public testing::Test {
  protected:
    template <typename What>
    [[nodiscard]] bool finds(AqlRing& looked_at) {
        return std::holds_alternative<What>(looked_at.peek());
    }

    void set_counters(std::uint64_t read, std::uint64_t write) {
        queue.put(queue.read_address(), read);
        queue.put(queue.write_address(), write);
    }

    FakeMemory memory;
    ClientQueue queue{memory, {.tgid = 7, .number = 0}};
    AqlRing ring{queue.setup(), memory};
};

TEST_F(AqlRingTest, is_empty_when_nothing_was_written) {
    EXPECT_TRUE(finds<RingEmpty>(ring));
}

TEST_F(AqlRingTest, shows_the_same_packet_until_it_is_consumed) {
    queue.submit(1ms);
    ASSERT_TRUE(finds<Packet>(ring));
    ASSERT_TRUE(finds<Packet>(ring));
    EXPECT_TRUE(ring.consume());
    EXPECT_TRUE(finds<RingEmpty>(ring));
}

TEST_F(AqlRingTest, gives_the_slot_back_to_the_client_on_consumption) {
    queue.submit(1ms);
    ASSERT_TRUE(finds<Packet>(ring));
    EXPECT_EQ(queue.read_id(), 0U);
    ASSERT_TRUE(ring.consume());
    EXPECT_EQ(queue.read_id(), 1U);
    EXPECT_EQ(queue.header(0), static_cast<std::uint16_t>(aql::PacketType::invalid));
}

TEST_F(AqlRingTest, waits_for_a_packet_whose_header_is_not_published_yet) {
    set_counters(0, 1);
    EXPECT_TRUE(finds<RingEmpty>(ring));
    queue.put(queue.ring(), std::uint16_t{2});
    EXPECT_TRUE(finds<Packet>(ring));
}

TEST_F(AqlRingTest, wraps_around_and_takes_a_full_ring) {
    for (std::uint32_t i = 0; i < 3 * ClientQueue::slots; ++i) {
        queue.submit(1ms);
        ASSERT_TRUE(finds<Packet>(ring)) << i;
        ASSERT_TRUE(ring.consume());
    }
    for (std::uint32_t i = 0; i < ClientQueue::slots; ++i) {
        queue.submit(1ms);
    }
    EXPECT_TRUE(finds<Packet>(ring));
}

TEST_F(AqlRingTest, begins_where_the_client_says_it_had_been_read) {
    set_counters(100, 100);
    EXPECT_TRUE(finds<RingEmpty>(ring));
    queue.submit(1ms);
    ASSERT_TRUE(finds<Packet>(ring));
    ASSERT_TRUE(ring.consume());
    EXPECT_EQ(queue.read_id(), 101U);
}

TEST_F(AqlRingTest, faults_when_less_was_written_than_read) {
    set_counters(5, 4);
    EXPECT_TRUE(finds<RingFault>(ring));
}

TEST_F(AqlRingTest, faults_when_more_is_waiting_than_fits) {
    set_counters(0, ClientQueue::slots + 1);
    EXPECT_TRUE(finds<RingFault>(ring));
}

TEST_F(AqlRingTest, keeps_its_own_place_when_the_client_moves_the_read_counter) {
    queue.submit(1ms);
    queue.submit(2ms);
    ASSERT_TRUE(finds<Packet>(ring));
    ASSERT_TRUE(ring.consume());
    queue.put(queue.read_address(), std::uint64_t{0});
    ASSERT_TRUE(finds<Packet>(ring));
    ASSERT_TRUE(ring.consume());
    EXPECT_EQ(queue.read_id(), 2U);
}

TEST_F(AqlRingTest, recovers_when_the_client_starts_its_counters_again) {
    queue.submit(1ms);
    ASSERT_TRUE(finds<Packet>(ring));
    ASSERT_TRUE(ring.consume());
    set_counters(9, 0);
    EXPECT_TRUE(finds<RingFault>(ring));
    set_counters(0, 0);
    EXPECT_TRUE(finds<RingEmpty>(ring));
    queue.submit(1ms);
    EXPECT_TRUE(finds<Packet>(ring));
}

TEST_F(AqlRingTest, faults_on_a_type_that_does_not_exist) {
    queue.submit(1ms);
    queue.put(queue.ring(), std::uint16_t{0x1706});
    EXPECT_TRUE(finds<RingFault>(ring));
}

TEST_F(AqlRingTest, faults_while_any_part_of_it_can_not_be_read) {
    queue.submit(1ms);
    memory.unmap(7, queue.ring());
    EXPECT_TRUE(finds<RingFault>(ring));
    memory.unmap(7, queue.counters());
    EXPECT_TRUE(finds<RingFault>(ring));
}

TEST_F(AqlRingTest, consumes_nothing_when_it_can_not_say_so) {
    queue.submit(1ms);
    memory.protect(7, queue.counters());
    ASSERT_TRUE(finds<Packet>(ring));
    EXPECT_FALSE(ring.consume());
    EXPECT_EQ(queue.read_id(), 0U);
}

TEST_F(AqlRingTest, faults_on_addresses_that_the_hardware_would_refuse) {
    const auto with = [this](auto change) {
        QueueSetup setup = queue.setup();
        change(setup);
        AqlRing changed(setup, memory);
        return finds<RingFault>(changed);
    };
    EXPECT_TRUE(with([](QueueSetup& setup) { setup.ring_address += 32; }));
    EXPECT_TRUE(with([](QueueSetup& setup) { setup.write_address += 1; }));
    EXPECT_TRUE(with([](QueueSetup& setup) { setup.read_address += 4; }));
    EXPECT_TRUE(with([](QueueSetup& setup) { setup.ring_bytes = 63; }));
    EXPECT_TRUE(with([](QueueSetup& setup) { setup.write_address = ~7ULL; }));
}

TEST_F(AqlRingTest, keeps_its_place_when_the_client_moves_the_ring) {
    queue.submit(1ms);
    ASSERT_TRUE(finds<Packet>(ring));
    ASSERT_TRUE(ring.consume());
    memory.map(7, 0x9000000, ClientQueue::ring_bytes);
    memory.put(7, 0x9000000 + aql::packet_bytes, std::uint16_t{2});
    QueueSetup setup = queue.setup();
    setup.ring_address = 0x9000000;
    ring.replace(setup);
    queue.put(queue.write_address(), std::uint64_t{2});
    EXPECT_TRUE(finds<Packet>(ring));
}

}  // namespace
}  // namespace penstock::emulator
