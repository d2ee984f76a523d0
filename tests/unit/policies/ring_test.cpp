// SPDX-License-Identifier: Apache-2.0

#include "policies/ring.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "policies/queue_maker.h"

namespace penstock {
namespace {

constexpr std::uint32_t ring_bytes = 1024;
constexpr std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();

constexpr auto aql = QueueType::compute_aql;
constexpr auto pm4 = QueueType::compute_pm4;
constexpr auto sdma = QueueType::sdma;

TEST(Ring, counts_packets_words_or_bytes) {
    EXPECT_EQ(waiting_in_ring(aql, ring_bytes, 21, 5), 16U);
    EXPECT_EQ(waiting_in_ring(pm4, ring_bytes, 21, 5), 16U);
    EXPECT_EQ(waiting_in_ring(sdma, ring_bytes, 21, 5), 16U);
    EXPECT_EQ(pointer_unit(aql), 64U);
    EXPECT_EQ(pointer_unit(pm4), 4U);
    EXPECT_EQ(pointer_unit(QueueType::sdma_xgmi), 1U);
    EXPECT_EQ(pointer_unit(QueueType::unknown), 64U);
}

TEST(Ring, believes_no_aql_pointer_that_runs_backwards_or_ahead_of_the_ring) {
    EXPECT_EQ(waiting_in_ring(aql, ring_bytes, 4, 5), std::nullopt);
    EXPECT_EQ(waiting_in_ring(aql, ring_bytes, 22, 5), std::nullopt);
    EXPECT_EQ(waiting_in_ring(aql, ring_bytes, huge, 0), std::nullopt);
    EXPECT_EQ(waiting_in_ring(aql, 0, 1, 0), std::nullopt);
}

TEST(Ring, follows_pointers_around_its_end) {
    EXPECT_EQ(waiting_in_ring(pm4, ring_bytes, 2, 250), 8U);
    EXPECT_EQ(waiting_in_ring(sdma, ring_bytes, 0, 1000), 24U);
}

TEST(Ring, follows_pointers_that_run_free) {
    constexpr std::uint64_t laps = std::uint64_t{ring_bytes} * 1'000'000;
    EXPECT_EQ(waiting_in_ring(sdma, ring_bytes, laps + 32, laps), 32U);
    EXPECT_EQ(waiting_in_ring(sdma, ring_bytes, laps, laps - 8), 8U);
    EXPECT_EQ(waiting_in_ring(pm4, ring_bytes, 1000, 1000 % 256), 0U) << "one runs free, one wraps";
}

TEST(Ring, never_tells_more_than_the_ring_holds) {
    EXPECT_LT(waiting_in_ring(sdma, ring_bytes, huge, 1), ring_bytes) << "never more than fits";
    EXPECT_EQ(waiting_in_ring(pm4, 1000, 2, 1), std::nullopt) << "no ring has this size";
    EXPECT_EQ(waiting_in_ring(sdma, 0, 0, 0), std::nullopt);
}

Queue queue(std::uint32_t number, QueueType type, std::uint64_t written) {
    return {.key = {.owner = OwnerId{1}, .gpu = GpuId{7}, .number = number},
            .type = type,
            .ring_bytes = ring_bytes,
            .written = written,
            .read = written};
}

TEST(QueueMaker, takes_copy_queues_for_the_runtime_s) {
    const std::array queues{queue(0, aql, 3), queue(1, sdma, 3)};
    EXPECT_EQ(maker_of(queues[0], queues), QueueMaker::application);
    EXPECT_EQ(maker_of(queues[1], queues), QueueMaker::runtime);
}

TEST(QueueMaker, takes_the_first_of_several_for_the_runtime_s_while_it_is_unused) {
    std::array queues{queue(0, aql, 0), queue(1, aql, 0)};
    EXPECT_EQ(maker_of(queues[0], queues), QueueMaker::runtime);
    EXPECT_EQ(maker_of(queues[1], queues), QueueMaker::application);
    queues[0].written = 1;
    EXPECT_EQ(maker_of(queues[0], queues), QueueMaker::application);
}

TEST(QueueMaker, takes_an_only_queue_for_the_application_s) {
    std::array queues{queue(0, aql, 0), queue(1, sdma, 0), queue(2, aql, 0)};
    queues[2].key.gpu = GpuId{8};
    EXPECT_EQ(maker_of(queues[0], queues), QueueMaker::application);
    queues[0].written.reset();
    queues[2].key.gpu = GpuId{7};
    EXPECT_EQ(maker_of(queues[0], queues), QueueMaker::application) << "nobody can read it";
}

}  // namespace
}  // namespace penstock
