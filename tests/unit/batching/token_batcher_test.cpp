// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/token_batcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/batching/requests.h"

namespace penstock::batching {
namespace {

using testing::ElementsAre;

std::vector<std::uint32_t> running(const TokenBatcher& batcher, std::uint32_t device = 0) {
    std::vector<std::uint32_t> numbers;
    for (const TokenBatcher::Member& member : batcher.running(device)) {
        numbers.push_back(member.request.number);
    }
    return numbers;
}

BatchingSettings continuous(std::uint32_t most, std::int64_t capacity) {
    BatchingSettings settings = settings_of(Mode::continuous);
    settings.bounds.most = most;
    settings.capacity = capacity;
    return settings;
}

TEST(TokenBatcher, is_idle_while_nobody_waits) {
    TokenBatcher batcher(continuous(4, 100), 1);
    EXPECT_EQ(batcher.next_batch(0).running, 0U);
    EXPECT_FALSE(batcher.anyone_waits());
}

TEST(TokenBatcher, admits_in_order_while_there_is_room) {
    TokenBatcher batcher(continuous(4, 100), 1);
    batcher.submit(of_total(0, 60));
    batcher.submit(of_total(1, 40));
    batcher.submit(of_total(2, 2));
    const Iteration iteration = batcher.next_batch(0);
    EXPECT_EQ(iteration.running, 2U);
    EXPECT_EQ(iteration.admitted, 2U);
    EXPECT_TRUE(iteration.cold);
    EXPECT_EQ(iteration.held, 100U);
    EXPECT_THAT(running(batcher), ElementsAre(0, 1));
    EXPECT_TRUE(batcher.anyone_waits());
    EXPECT_TRUE(batcher.is_full(0)) << "the first in the queue stays there";
}

TEST(TokenBatcher, admits_no_more_than_the_most) {
    TokenBatcher batcher(continuous(2, 100), 2);
    for (std::uint32_t number = 0; number < 5; ++number) {
        batcher.submit(of_total(number, 2));
    }
    EXPECT_EQ(batcher.next_batch(0).running, 2U);
    EXPECT_EQ(batcher.next_batch(1).running, 2U);
    EXPECT_THAT(running(batcher, 1), ElementsAre(2, 3));
    EXPECT_TRUE(batcher.is_full(1));
}

TEST(TokenBatcher, admits_one_that_is_too_large_when_nobody_runs) {
    TokenBatcher batcher(continuous(2, 10), 2);
    batcher.submit(of_total(0, 500));
    batcher.submit(of_total(1, 2));
    EXPECT_EQ(batcher.next_batch(0).running, 1U);
    EXPECT_FALSE(batcher.is_full(0)) << "another device may take the next one, and a smaller come";
}

TEST(TokenBatcher, tells_of_the_first_token_after_the_prompt) {
    TokenBatcher batcher(continuous(2, 100), 1);
    batcher.submit({.number = 7, .prompt = 3, .output = 2, .predicted = 2});
    EXPECT_EQ(batcher.next_batch(0).running, 1U);
    EXPECT_EQ(batcher.steps_to_next_end(0), 5U);
    for (int step = 1; step <= 3; ++step) {
        EXPECT_TRUE(batcher.completed(0, 1).empty()) << step;
        EXPECT_EQ(batcher.next_batch(0).running, 1U);
    }
    const auto first = batcher.completed(0, 1);
    ASSERT_EQ(first.size(), 1U);
    EXPECT_TRUE(first[0].first);
    EXPECT_FALSE(first[0].ended);
    const auto end = batcher.completed(0, 1);
    ASSERT_EQ(end.size(), 1U);
    EXPECT_FALSE(end[0].first);
    EXPECT_TRUE(end[0].ended);
    EXPECT_EQ(end[0].number, 7U);
    EXPECT_TRUE(batcher.running(0).empty());
}

TEST(TokenBatcher, comes_to_the_same_in_one_stride_as_step_by_step) {
    TokenBatcher batcher(continuous(2, 100), 1);
    batcher.submit({.number = 7, .prompt = 3, .output = 2, .predicted = 2});
    EXPECT_EQ(batcher.next_batch(0).running, 1U);
    const auto progress = batcher.completed(0, 5);
    ASSERT_EQ(progress.size(), 1U);
    EXPECT_TRUE(progress[0].first && progress[0].ended);
    EXPECT_EQ(progress[0].step, 4U);
}

TEST(TokenBatcher, lets_others_in_when_somebody_leaves) {
    TokenBatcher batcher(continuous(8, 10), 1);
    batcher.submit(of_total(0, 4));
    batcher.submit(of_total(1, 6));
    batcher.submit(of_total(2, 4));
    EXPECT_EQ(batcher.next_batch(0).running, 2U);
    EXPECT_EQ(batcher.completed(0, 4).size(), 1U);
    const Iteration iteration = batcher.next_batch(0);
    EXPECT_FALSE(iteration.cold);
    EXPECT_EQ(iteration.admitted, 1U);
    EXPECT_EQ(iteration.total, 10U);
    EXPECT_THAT(running(batcher), ElementsAre(1, 2));
}

TEST(TokenBatcher, lets_go_of_one_that_ended_early) {
    TokenBatcher batcher(continuous(8, 10), 1);
    batcher.submit(of_total(0, 4));
    batcher.submit(of_total(1, 6));
    batcher.submit(of_total(2, 4));
    EXPECT_EQ(batcher.next_batch(0).running, 2U);
    EXPECT_TRUE(batcher.completed(0, 1).empty());
    EXPECT_TRUE(batcher.cancel(0, 0));
    EXPECT_FALSE(batcher.cancel(0, 0));
    EXPECT_FALSE(batcher.cancel(0, 2)) << "it does not run yet";
    EXPECT_EQ(batcher.next_batch(0).held, 10U);
    EXPECT_THAT(running(batcher), ElementsAre(1, 2));
}

TEST(TokenBatcher, needs_few_bytes_for_a_request_that_lives) {
    EXPECT_LE(2 * (sizeof(Request) + sizeof(TokenBatcher::Member)), 200U);
}

}  // namespace
}  // namespace penstock::batching
