// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/batcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/batching/requests.h"

namespace penstock::batching {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Batcher, that_is_static_takes_a_fixed_number_in_order) {
    BatchingSettings settings = settings_of(Mode::static_fifo);
    settings.fixed = 2;
    settings.capacity = 1;  // Plays no part.
    Batcher batcher(settings);
    submit_totals(batcher, {9, 9, 9});
    EXPECT_THAT(next_members(batcher), ElementsAre(0, 1));
    EXPECT_THAT(next_members(batcher), ElementsAre(2));
    EXPECT_THAT(next_members(batcher), IsEmpty());
}

TEST(Batcher, says_how_long_and_how_large_a_batch_is) {
    Batcher batcher(settings_of(Mode::static_fifo));
    batcher.submit({.number = 0, .prompt = 10, .output = 5, .predicted = 7});
    batcher.submit({.number = 1, .prompt = 3, .output = 20, .predicted = 1});
    const std::optional<Batch> batch = batcher.next_batch();
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->longest, 23U);
    EXPECT_EQ(batch->tokens, 38U);
    EXPECT_EQ(batch->reserved, 21U);
    EXPECT_EQ(batch->members.count, 2U);
}

TEST(Batcher, that_is_dynamic_stops_at_the_first_that_does_not_fit) {
    BatchingSettings settings = settings_of(Mode::dynamic_no_bins);
    settings.capacity = 100;
    Batcher batcher(settings);
    submit_totals(batcher, {40, 60, 1, 99, 2, 1});
    EXPECT_THAT(next_members(batcher), ElementsAre(0, 1)) << "just full";
    EXPECT_THAT(next_members(batcher), ElementsAre(2, 3));
    EXPECT_THAT(next_members(batcher), ElementsAre(4, 5));
}

TEST(Batcher, skips_nobody_to_fill_a_batch) {
    BatchingSettings settings = settings_of(Mode::dynamic_no_bins);
    settings.capacity = 100;
    Batcher batcher(settings);
    submit_totals(batcher, {50, 60, 10});
    EXPECT_THAT(next_members(batcher), ElementsAre(0));
    EXPECT_THAT(next_members(batcher), ElementsAre(1, 2));
}

TEST(Batcher, always_takes_the_first_one) {
    BatchingSettings settings = settings_of(Mode::dynamic_no_bins);
    settings.capacity = 10;
    Batcher batcher(settings);
    submit_totals(batcher, {500, 2});
    EXPECT_THAT(next_members(batcher), ElementsAre(0));
    EXPECT_THAT(next_members(batcher), ElementsAre(1));
}

TEST(Batcher, reserves_what_is_predicted_and_not_what_will_be) {
    BatchingSettings settings = settings_of(Mode::dynamic_no_bins);
    settings.capacity = 20;
    Batcher batcher(settings);
    batcher.submit({.number = 0, .prompt = 5, .output = 500, .predicted = 5});
    batcher.submit({.number = 1, .prompt = 5, .output = 1, .predicted = 5});
    batcher.submit({.number = 2, .prompt = 1, .output = 1, .predicted = 1});
    EXPECT_THAT(next_members(batcher), ElementsAre(0, 1));
}

TEST(Batcher, makes_smaller_batches_when_they_take_too_long) {
    BatchingSettings settings = settings_of(Mode::dynamic_no_bins);
    settings.sla.window = 1;
    settings.bounds = {.least = 1, .most = 9};
    Batcher batcher(settings);
    submit_totals(batcher, {2, 2, 2, 2, 2, 2, 2, 2, 2, 2});
    const std::optional<Batch> first = batcher.next_batch();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->members.count, 5U);
    batcher.completed(*first, 3'000'000'000);  // high = max(5, 1 + 4), low = 1.
    EXPECT_EQ(batcher.target(0), 3U);
    EXPECT_THAT(next_members(batcher), ElementsAre(5, 6, 7));
}

TEST(Batcher, learns_how_long_requests_really_were) {
    BatchingSettings settings = settings_of(Mode::dynamic_no_bins);
    settings.capacity = 1000;
    Batcher batcher(settings);
    submit_totals(batcher, {10, 10});
    const std::optional<Batch> batch = batcher.next_batch();
    ASSERT_TRUE(batch);
    batcher.each_member(
        *batch, [](std::uint32_t, const PooledRequest& member) { EXPECT_EQ(member.total, 10U); });
    // They ended only after 600 tokens: of such ones, one fits.
    batcher.note_total(batch->members.first, 600);
    batcher.note_total(batch->members.last, 600);
    batcher.completed(*batch, 1'000'000'000);
    EXPECT_EQ(batcher.target(0), 1U);
}

TEST(Batcher, uses_places_again) {
    BatchingSettings settings = settings_of(Mode::static_fifo);
    settings.fixed = 3;
    Batcher batcher(settings);
    std::uint32_t highest = 0;
    for (int round = 0; round < 100; ++round) {
        submit_totals(batcher, {4, 5, 6});
        const std::optional<Batch> batch = batcher.next_batch();
        ASSERT_TRUE(batch);
        batcher.each_member(*batch, [&](std::uint32_t place, const PooledRequest&) {
            highest = std::max(highest, place);
        });
        batcher.completed(*batch, 1);
    }
    EXPECT_LT(highest, 3U);
}

TEST(Batcher, needs_few_bytes_for_a_request_that_lives) {
    // The request, its place in the chain, and its share of a vector that has just doubled.
    EXPECT_LE(2 * sizeof(PooledRequest), 200U);
}

}  // namespace
}  // namespace penstock::batching
