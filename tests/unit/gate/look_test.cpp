// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/look.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/gate/fakes.h"

namespace penstock::gate {
namespace {

constexpr std::uint32_t ring_bytes = 16 * 64;

CaredQueue aql_queue() {
    return {.at = {.type = QueueType::compute_aql,
                   .write_address = 0x100,
                   .read_address = 0x200,
                   .ring_bytes = ring_bytes}};
}

TEST(Judge, tells_work_from_emptiness) {
    EXPECT_EQ(judge(QueueType::compute_aql, {.written = 5, .read = 5}, ring_bytes), Sight::empty);
    EXPECT_EQ(judge(QueueType::compute_aql, {.written = 6, .read = 5}, ring_bytes), Sight::work);
    EXPECT_EQ(judge(QueueType::compute_aql, {.written = 21, .read = 5}, ring_bytes), Sight::work);
}

TEST(Judge, believes_no_pointer_that_runs_ahead_of_the_ring_or_backwards) {
    EXPECT_EQ(judge(QueueType::compute_aql, {.written = 22, .read = 5}, ring_bytes),
              Sight::unknown);
    EXPECT_EQ(judge(QueueType::compute_aql, {.written = 4, .read = 5}, ring_bytes), Sight::unknown);
    EXPECT_EQ(judge(QueueType::compute_aql,
                    {.written = std::numeric_limits<std::uint64_t>::max(), .read = 0},
                    ring_bytes),
              Sight::unknown);
    EXPECT_EQ(judge(QueueType::compute_aql, {.written = 1, .read = 0}, 0), Sight::unknown);
}

TEST(Judge, knows_what_the_pointers_of_each_type_count) {
    const Pointers around_the_end{.written = 3, .read = 250};
    EXPECT_EQ(judge(QueueType::compute_pm4, around_the_end, ring_bytes), Sight::work);
    EXPECT_EQ(judge(QueueType::compute_aql, around_the_end, ring_bytes), Sight::unknown);
    EXPECT_EQ(judge(QueueType::sdma, {.written = 1016, .read = 1016}, ring_bytes), Sight::empty);
}

TEST(Judge, takes_only_computing_for_work_that_others_wait_for) {
    CaredQueue queue = aql_queue();
    EXPECT_TRUE(computes(queue));
    for (const QueueType type : {QueueType::sdma, QueueType::sdma_xgmi}) {
        queue.at.type = type;
        EXPECT_FALSE(computes(queue));
    }
}

TEST(LookAt, notices_that_a_pointer_moved_since_the_last_look) {
    fakes::Words words = {{0x100, 1}, {0x200, 1}};
    fakes::TableMemory memory(words);
    CaredQueue queue = aql_queue();
    EXPECT_FALSE(look_at(queue, memory).moved) << "the first look has nothing to compare with";
    EXPECT_FALSE(look_at(queue, memory).moved);
    words[0x100] = words[0x200] = 2;
    const Look look = look_at(queue, memory);
    EXPECT_TRUE(look.moved);
    EXPECT_EQ(look.sight, Sight::empty);
}

TEST(LookAt, knows_nothing_of_unreadable_memory) {
    const fakes::Words words = {{0x100, 1}, {0x200, 1}};
    fakes::TableMemory memory(words);
    CaredQueue unmapped = aql_queue();
    unmapped.at.read_address = 0x300;
    EXPECT_EQ(look_at(unmapped, memory).sight, Sight::unknown);
    CaredQueue nowhere = aql_queue();
    nowhere.at.write_address = 0;
    EXPECT_FALSE(can_be_looked_at(nowhere));
}

}  // namespace
}  // namespace penstock::gate
