// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/queues/queue_record.h"

#include <gtest/gtest.h>

#include <array>

#include "kmod-helpers/abi/kfd_ioctl.h"

namespace penstock {
namespace {

queue_event of_type(std::uint8_t type) {
    queue_event event{};
    event.kind = QUEUE_EVENT_CREATED;
    event.queue_type = type;
    event.ring_bytes = 64 * 1024;
    return event;
}

std::span<const std::byte> bytes_of(const queue_event& event) {
    return std::as_bytes(std::span(&event, 1));
}

TEST(QueueRecord, is_what_the_program_wrote) {
    queue_event written = of_type(kfd::queue_type_compute_aql);
    written.write_address = 0x7f0000001038;
    written.queue_number = 12;
    const auto read = decode_queue_event(bytes_of(written));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->write_address, written.write_address);
    EXPECT_EQ(read->queue_number, 12U);
}

TEST(QueueRecord, is_nothing_when_its_size_is_another) {
    const queue_event event = of_type(0);
    EXPECT_FALSE(decode_queue_event({}));
    EXPECT_FALSE(decode_queue_event(bytes_of(event).first(sizeof(event) - 1)));
}

TEST(QueueRecord, is_nothing_when_its_kind_is_unknown) {
    queue_event event = of_type(0);
    event.kind = 0;
    EXPECT_FALSE(decode_queue_event(bytes_of(event)));
    event.kind = 3;
    EXPECT_FALSE(decode_queue_event(bytes_of(event)));
}

TEST(QueueRecord, numbers_types_as_the_uapi_does) {
    EXPECT_EQ(queue_type_of(of_type(0)), QueueType::compute_pm4);
    EXPECT_EQ(queue_type_of(of_type(1)), QueueType::sdma);
    EXPECT_EQ(queue_type_of(of_type(2)), QueueType::compute_aql);
    EXPECT_EQ(queue_type_of(of_type(3)), QueueType::sdma_xgmi);
    EXPECT_EQ(queue_type_of(of_type(4)), QueueType::sdma);
    EXPECT_EQ(queue_type_of(of_type(5)), QueueType::unknown);
    EXPECT_EQ(queue_type_of(of_type(QUEUE_EVENT_TYPE_UNKNOWN)), QueueType::unknown);
}

}  // namespace
}  // namespace penstock
