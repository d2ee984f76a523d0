// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/chunked_batcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/batching/requests.h"

namespace penstock::batching {
namespace {

using testing::ElementsAre;

struct Made {
    std::int64_t capacity = 1000;
    std::uint32_t most = 8;
    ChunkedSettings chunks{};

    [[nodiscard]] ChunkedBatcher batcher(std::uint32_t devices = 1) const {
        BatchingSettings settings = settings_of(Mode::continuous);
        settings.bounds.most = most;
        settings.capacity = capacity;
        return {settings, chunks, devices};
    }
};

Made reserving(std::uint32_t budget, std::int64_t capacity) {
    return {.capacity = capacity, .chunks = {.token_budget = budget}};
}

Made paged(std::uint32_t budget, std::int64_t blocks, std::uint32_t block = 1) {
    return {.capacity = blocks * block,
            .chunks = {.token_budget = budget, .block = block, .paged = true}};
}

std::vector<std::uint32_t> chunks_of(const ChunkedBatcher& batcher) {
    std::vector<std::uint32_t> chunks;
    for (const ChunkedBatcher::Member& member : batcher.running(0)) {
        chunks.push_back(member.chunk);
    }
    return chunks;
}

Request request(std::uint32_t number, std::uint32_t prompt, std::uint32_t output) {
    return {.number = number, .prompt = prompt, .output = output, .predicted = output};
}

TEST(ChunkedBatcher, is_idle_while_nobody_waits) {
    ChunkedBatcher batcher = reserving(10, 1000).batcher();
    EXPECT_EQ(batcher.next_batch(0).running, 0U);
}

TEST(ChunkedBatcher, reads_a_prompt_in_chunks) {
    ChunkedBatcher batcher = reserving(10, 1000).batcher();
    batcher.submit(request(0, 25, 2));
    for (const std::uint32_t chunk : {10U, 10U, 5U}) {
        const Iteration iteration = batcher.next_batch(0);
        EXPECT_EQ(iteration.scheduled, chunk);
        EXPECT_EQ(iteration.cached, 0U) << "nobody decodes";
        const auto progress = batcher.completed(0);
        EXPECT_EQ(progress.size(), chunk == 5 ? 1U : 0U);
    }
    const Iteration iteration = batcher.next_batch(0);
    EXPECT_EQ(iteration.scheduled, 1U);
    EXPECT_EQ(iteration.cached, 25U);
    const auto progress = batcher.completed(0);
    ASSERT_EQ(progress.size(), 1U);
    EXPECT_TRUE(progress[0].ended);
    EXPECT_TRUE(batcher.running(0).empty());
}

TEST(ChunkedBatcher, ends_a_request_of_one_token_with_its_prompt) {
    ChunkedBatcher batcher = reserving(10, 1000).batcher();
    batcher.submit(request(3, 4, 1));
    EXPECT_EQ(batcher.next_batch(0).scheduled, 4U);
    const auto progress = batcher.completed(0);
    ASSERT_EQ(progress.size(), 1U);
    EXPECT_TRUE(progress[0].first && progress[0].ended);
}

TEST(ChunkedBatcher, lets_those_that_run_go_first) {
    ChunkedBatcher batcher = reserving(10, 1000).batcher();
    batcher.submit(request(0, 4, 5));
    batcher.submit(request(1, 20, 5));
    EXPECT_EQ(batcher.next_batch(0).running, 2U);
    EXPECT_THAT(chunks_of(batcher), ElementsAre(4, 6));
    EXPECT_EQ(batcher.completed(0).size(), 1U);
    batcher.submit(request(2, 3, 5));
    EXPECT_EQ(batcher.next_batch(0).running, 2U) << "the budget is spent on the second one";
    EXPECT_THAT(chunks_of(batcher), ElementsAre(1, 9));
    (void)batcher.completed(0);
    EXPECT_EQ(batcher.next_batch(0).admitted, 1U);
    EXPECT_THAT(chunks_of(batcher), ElementsAre(1, 5, 3));
}

TEST(ChunkedBatcher, leaves_out_those_for_whom_no_budget_is_left) {
    Made made = reserving(4, 1000);
    ChunkedBatcher batcher = made.batcher();
    for (std::uint32_t number = 0; number < 4; ++number) {
        batcher.submit(request(number, 1, 9));
    }
    EXPECT_EQ(batcher.next_batch(0).running, 4U);
    (void)batcher.completed(0);
    batcher.submit(request(4, 1, 9));
    const Iteration iteration = batcher.next_batch(0);
    EXPECT_EQ(iteration.running, 4U);
    EXPECT_EQ(iteration.scheduled, 4U);
    EXPECT_TRUE(batcher.anyone_waits());
}

TEST(ChunkedBatcher, reserves_everything_that_is_predicted) {
    ChunkedBatcher batcher = reserving(100, 50).batcher();
    batcher.submit(request(0, 10, 20));
    batcher.submit(request(1, 10, 11));
    batcher.submit(request(2, 1, 1));
    const Iteration iteration = batcher.next_batch(0);
    EXPECT_EQ(iteration.running, 1U) << "the second one does not fit, and nobody passes it";
    EXPECT_EQ(iteration.held, 30U);
}

TEST(ChunkedBatcher, takes_blocks_as_requests_grow) {
    ChunkedBatcher batcher = paged(100, 10, 4).batcher();
    batcher.submit(request(0, 6, 9));
    EXPECT_EQ(batcher.next_batch(0).held, 8U);
    (void)batcher.completed(0);
    EXPECT_EQ(batcher.next_batch(0).held, 8U);
    (void)batcher.completed(0);
    EXPECT_EQ(batcher.next_batch(0).held, 8U) << "the eighth token is in the second block";
    (void)batcher.completed(0);
    EXPECT_EQ(batcher.next_batch(0).held, 12U);
}

TEST(ChunkedBatcher, evicts_the_last_when_blocks_run_out) {
    ChunkedBatcher batcher = paged(100, 10).batcher();
    batcher.submit(request(0, 5, 9));
    batcher.submit(request(1, 4, 9));
    EXPECT_EQ(batcher.next_batch(0).held, 9U);
    (void)batcher.completed(0);
    batcher.submit(request(2, 1, 1));
    const Iteration iteration = batcher.next_batch(0);
    EXPECT_EQ(iteration.evicted, 1U) << "the second one needs an eleventh block, and is the last";
    EXPECT_EQ(iteration.running, 1U);
    EXPECT_EQ(iteration.admitted, 0U) << "nobody is admitted where somebody was evicted";
    (void)batcher.completed(0);
    EXPECT_EQ(batcher.next_batch(0).admitted, 0U) << "7 of 10 are taken, and 5 are to be read anew";
}

TEST(ChunkedBatcher, evicts_others_for_one_that_came_earlier) {
    ChunkedBatcher batcher = paged(100, 4).batcher();
    batcher.submit(request(0, 2, 9));
    batcher.submit(request(1, 1, 9));
    batcher.submit(request(2, 1, 9));
    EXPECT_EQ(batcher.next_batch(0).running, 3U);
    (void)batcher.completed(0);
    const Iteration iteration = batcher.next_batch(0);
    EXPECT_EQ(iteration.evicted, 2U) << "the last for the first, and then the second for itself";
    EXPECT_EQ(iteration.running, 1U);
    EXPECT_EQ(iteration.scheduled, 1U);
}

TEST(ChunkedBatcher, begins_anew_what_was_evicted_and_keeps_what_it_had_made) {
    ChunkedBatcher batcher = paged(100, 6).batcher();
    batcher.submit(request(0, 2, 3));
    batcher.submit(request(1, 3, 3));
    EXPECT_EQ(batcher.next_batch(0).running, 2U);
    EXPECT_EQ(batcher.completed(0).size(), 2U);
    EXPECT_EQ(batcher.next_batch(0).evicted, 1U);
    (void)batcher.completed(0);
    EXPECT_EQ(batcher.next_batch(0).running, 1U);
    ASSERT_EQ(batcher.completed(0).size(), 1U);
    const Iteration again = batcher.next_batch(0);
    EXPECT_EQ(again.running, 1U);
    EXPECT_EQ(again.scheduled, 4U) << "its prompt and the token that it had made";
    EXPECT_TRUE(batcher.completed(0).empty()) << "its first token came long ago";
    EXPECT_EQ(batcher.next_batch(0).scheduled, 1U);
    EXPECT_TRUE(batcher.completed(0)[0].ended);
}

TEST(ChunkedBatcher, serves_one_that_is_larger_than_the_cache_alone) {
    ChunkedBatcher batcher = paged(100, 3).batcher();
    batcher.submit(request(0, 9, 2));
    batcher.submit(request(1, 1, 1));
    EXPECT_EQ(batcher.next_batch(0).running, 1U);
    EXPECT_EQ(batcher.completed(0).size(), 1U);
    EXPECT_EQ(batcher.next_batch(0).evicted, 0U);
    EXPECT_TRUE(batcher.completed(0)[0].ended);
    EXPECT_EQ(batcher.next_batch(0).admitted, 1U);
}

TEST(ChunkedBatcher, lets_go_of_one_that_ended_early) {
    ChunkedBatcher batcher = paged(100, 10).batcher();
    batcher.submit(request(0, 5, 9));
    batcher.submit(request(1, 4, 9));
    EXPECT_EQ(batcher.next_batch(0).running, 2U);
    (void)batcher.completed(0);
    EXPECT_TRUE(batcher.cancel(0, 0));
    EXPECT_FALSE(batcher.cancel(0, 0));
    const Iteration iteration = batcher.next_batch(0);
    EXPECT_EQ(iteration.evicted, 0U);
    EXPECT_EQ(iteration.held, 5U);
    EXPECT_EQ(iteration.total, 13U);
}

TEST(ChunkedBatcher, needs_few_bytes_for_a_request_that_lives) {
    EXPECT_LE(2 * sizeof(ChunkedBatcher::Member), 200U);
}

}  // namespace
}  // namespace penstock::batching
