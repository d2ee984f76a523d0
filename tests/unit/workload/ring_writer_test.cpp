// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/ring_writer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace penstock::workload {
namespace {

constexpr std::size_t packets = 4;

class RingWriterTest : public testing::Test {
  protected:
    std::uint64_t counter(std::size_t offset) const {
        std::uint64_t value = 0;
        std::memcpy(&value, &counters_[offset], sizeof(value));
        return value;
    }

    void device_consumes_up_to(std::uint64_t index) {
        std::memcpy(&counters_[aql::read_dispatch_id_offset], &index, sizeof(index));
    }

    aql::KernelDispatch slot(std::size_t index) const {
        aql::KernelDispatch packet;
        std::memcpy(&packet, &ring_[index * aql::packet_bytes], sizeof(packet));
        return packet;
    }

    std::vector<std::byte> ring_{packets * aql::packet_bytes};
    std::vector<std::byte> counters_{256};
    RingWriter writer_{ring_, counters_};
};

TEST_F(RingWriterTest, starts_with_every_slot_invalid) {
    for (std::size_t index = 0; index < packets; ++index) {
        EXPECT_EQ(slot(index).header, static_cast<std::uint16_t>(aql::PacketType::invalid));
    }
}

TEST_F(RingWriterTest, moves_the_write_pointer_when_it_reserves) {
    EXPECT_EQ(writer_.reserve(3), 0U);
    EXPECT_EQ(counter(aql::write_dispatch_id_offset), 3U);
    EXPECT_EQ(writer_.reserve(1), 3U);
    EXPECT_EQ(counter(aql::write_dispatch_id_offset), 4U);
}

TEST_F(RingWriterTest, never_touches_the_read_pointer) {
    device_consumes_up_to(2);
    writer_.reserve(2);
    EXPECT_EQ(counter(aql::read_dispatch_id_offset), 2U);
}

TEST_F(RingWriterTest, publishes_the_whole_packet_into_its_slot) {
    const aql::KernelDispatch packet{
        .header = 2, .kernel_object = 7, .kernarg_address = 8, .completion_signal = 9};
    writer_.publish(writer_.reserve(1), packet);
    EXPECT_EQ(std::memcmp(&ring_[0], &packet, sizeof(packet)), 0);
}

TEST_F(RingWriterTest, wraps_around_at_the_end_of_the_ring) {
    writer_.reserve(packets);
    device_consumes_up_to(packets);
    writer_.publish(writer_.reserve(1), {.header = 2, .kernel_object = 42});
    EXPECT_EQ(slot(0).kernel_object, 42U);
    EXPECT_EQ(slot(1).kernel_object, 0U);
}

TEST_F(RingWriterTest, has_room_only_for_what_the_device_has_consumed) {
    EXPECT_TRUE(writer_.has_room(packets));
    EXPECT_FALSE(writer_.has_room(packets + 1));
    writer_.reserve(3);
    EXPECT_TRUE(writer_.has_room(1));
    EXPECT_FALSE(writer_.has_room(2));
    device_consumes_up_to(1);
    EXPECT_TRUE(writer_.has_room(2));
}

TEST_F(RingWriterTest, has_no_room_while_the_device_claims_the_impossible) {
    writer_.reserve(1);
    device_consumes_up_to(1000);
    EXPECT_FALSE(writer_.has_room(1));
}

}  // namespace
}  // namespace penstock::workload
