// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/queue_table.h"

#include <gtest/gtest.h>

namespace penstock::gate {
namespace {

constexpr OwnerId owner{3};

wire::QueueAt told(std::uint32_t number, std::uint64_t ring) {
    return {.key = {.owner = owner, .gpu = {1}, .number = number},
            .type = QueueType::unknown,
            .ring_address = ring,
            .write_address = ring + 1,
            .read_address = ring + 2,
            .ring_bytes = 4096};
}

kfd::QueueSnapshotEntry shown(std::uint32_t number, std::uint64_t ring) {
    return {.ring_base_address = ring,
            .write_pointer_address = ring + 1,
            .read_pointer_address = ring + 2,
            .queue_id = number,
            .gpu_id = 1,
            .ring_size = 4096,
            .queue_type = kfd::queue_type_compute_aql};
}

TEST(QueueTable, learns_the_type_from_the_driver_and_keeps_the_slot_of_discovery) {
    QueueTable table;
    table.put(told(1, 0x1000))->at.slot = 5;
    const std::vector<kfd::QueueSnapshotEntry> entries = {shown(1, 0x1000)};
    EXPECT_TRUE(table.absorb(owner, entries).empty()) << "it was known already";
    EXPECT_EQ(table.find(1)->at.type, QueueType::compute_aql);
    EXPECT_EQ(table.find(1)->at.slot, 5U);
}

TEST(QueueTable, takes_a_reused_number_with_another_ring_for_another_queue) {
    QueueTable table;
    table.put(told(1, 0x1000))->suspended = true;
    const std::vector<kfd::QueueSnapshotEntry> entries = {shown(1, 0x9000)};
    EXPECT_EQ(table.absorb(owner, entries).size(), 1U);
    EXPECT_FALSE(table.find(1)->suspended);
}

TEST(QueueTable, drops_what_the_driver_no_longer_shows) {
    QueueTable table;
    table.put(told(1, 0x1000));
    table.put(told(2, 0x2000));
    const std::vector<kfd::QueueSnapshotEntry> entries = {shown(2, 0x2000)};
    EXPECT_TRUE(table.absorb(owner, entries).empty());
    EXPECT_EQ(table.find(1), nullptr);
    EXPECT_NE(table.find(2), nullptr);
}

TEST(QueueTable, survives_the_removal_of_what_is_not_there) {
    QueueTable table;
    table.remove(9);
    table.put(told(1, 0x1000));
    table.remove(1);
    table.remove(1);
    EXPECT_TRUE(table.all().empty());
}

TEST(QueueTable, holds_no_more_than_the_driver_allows) {
    QueueTable table;
    for (std::uint32_t number = 0; number < kfd::max_queues_per_process; ++number) {
        ASSERT_NE(table.put(told(number, 0x1000)), nullptr);
    }
    EXPECT_EQ(table.put(told(5000, 0x1000)), nullptr);
    EXPECT_NE(table.put(told(7, 0x1000)), nullptr) << "a known one may still change";
}

TEST(QueueTable, knows_the_drivers_types) {
    EXPECT_EQ(queue_type(kfd::queue_type_compute), QueueType::compute_pm4);
    EXPECT_EQ(queue_type(kfd::queue_type_compute_aql), QueueType::compute_aql);
    EXPECT_EQ(queue_type(kfd::queue_type_sdma), QueueType::sdma);
    EXPECT_EQ(queue_type(kfd::queue_type_sdma_by_engine), QueueType::sdma);
    EXPECT_EQ(queue_type(kfd::queue_type_sdma_xgmi), QueueType::sdma_xgmi);
    EXPECT_EQ(queue_type(77), QueueType::unknown);
}

}  // namespace
}  // namespace penstock::gate
