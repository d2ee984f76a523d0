// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/batch_scale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "policies/batching/chunked_batcher.h"
#include "policies/batching/token_batcher.h"
#include "tests/unit/batching/requests.h"

namespace penstock::batching {
namespace {

using testing::ElementsAre;

BatchScale scale_of(double share) {
    return BatchScale::from(share).value();
}

TEST(BatchScale, rounds_down_and_not_below_the_least) {
    EXPECT_EQ(BatchScale().of(128, 1), 128U);
    EXPECT_EQ(scale_of(0.25).of(128, 1), 32U);
    EXPECT_EQ(scale_of(0.7).of(10, 1), 7U) << "as it is written, whatever 0.7 is in binary";
    EXPECT_EQ(scale_of(0.7).of(9, 1), 6U);
    EXPECT_EQ(scale_of(0.25).of(16, 6), 6U);
    EXPECT_EQ(scale_of(0).of(16, 1), 1U);
    EXPECT_EQ(scale_of(0).of(8, 20), 8U) << "the limit itself is below the least";
    EXPECT_EQ(scale_of(0.999999).of(largest_batch, 1), largest_batch - 2);
}

TEST(BatchScale, is_a_number_from_0_to_1) {
    for (const double wrong : {-0.001, 1.001, std::nan(""), HUGE_VAL, -HUGE_VAL}) {
        EXPECT_FALSE(BatchScale::from(wrong)) << wrong;
    }
    EXPECT_EQ(scale_of(1), BatchScale());
}

TEST(BatchScale, shrinks_static_batches) {
    Batcher batcher(settings_of(Mode::static_fifo));
    submit_totals(batcher, {9, 9, 9, 9, 9, 9, 9, 9, 9});
    batcher.set_scale(scale_of(0.25));
    EXPECT_THAT(next_members(batcher), ElementsAre(0, 1));
    batcher.set_scale(BatchScale());
    EXPECT_THAT(next_members(batcher), ElementsAre(2, 3, 4, 5, 6, 7, 8));
}

TEST(BatchScale, bounds_dynamic_batches_beside_memory_and_time) {
    BatchingSettings settings = settings_of(Mode::dynamic_no_bins);
    settings.bounds = {.least = 3, .most = 8};
    Batcher batcher(settings);
    EXPECT_EQ(batcher.target(0), 5U) << "the middle of 3 and 8";
    batcher.set_scale(scale_of(0.5));
    EXPECT_EQ(batcher.target(0), 4U);
    batcher.set_scale(scale_of(0.25));
    EXPECT_EQ(batcher.target(0), 3U);
    EXPECT_EQ(batcher.most(), 3U);
}

TEST(BatchScale, serves_a_batch_that_was_full_before_in_parts) {
    BatchingSettings settings = with_bins(Mode::multi_bin_fixed, {10});
    settings.fixed = 4;
    Batcher batcher(settings);
    submit_totals(batcher, {20, 20, 20, 20, 20, 5, 5, 5});
    batcher.set_scale(scale_of(0.5));
    EXPECT_THAT(next_members(batcher), ElementsAre(0, 1));
    EXPECT_THAT(next_members(batcher), ElementsAre(2, 3));
    EXPECT_THAT(next_members(batcher), ElementsAre(5, 6)) << "full as soon as the scale fell";
    EXPECT_FALSE(batcher.next_batch());
    batcher.set_scale(BatchScale());
    EXPECT_FALSE(batcher.next_batch());
    batcher.submitted_all();
    EXPECT_THAT(next_members(batcher), ElementsAre(7));
    EXPECT_THAT(next_members(batcher), ElementsAre(4));
}

TEST(BatchScale, is_not_the_only_bound_where_there_is_less_room) {
    Batcher batcher(settings_of(Mode::static_fifo));
    submit_totals(batcher, {9, 9, 9, 9});
    EXPECT_EQ(batcher.next_batch(3)->members.count, 3U);
    EXPECT_EQ(batcher.next_batch(3)->members.count, 1U);
}

// Whoever runs goes on, and nobody joins until fewer run than there may be.
template <typename Batcher>
void expect_to_stop_joining(Batcher batcher) {
    for (std::uint32_t number = 0; number < 8; ++number) {
        batcher.submit({.number = number, .prompt = 1, .output = 2 + number, .predicted = 9});
    }
    EXPECT_EQ(batcher.next_batch(0).running, 4U);
    batcher.set_scale(scale_of(0.5));
    EXPECT_EQ(batcher.next_batch(0).running, 4U);
    batcher.cancel_all(0, [](std::uint32_t number) { return number != 1; });
    EXPECT_EQ(batcher.next_batch(0).running, 2U);
    EXPECT_EQ(batcher.running(0).front().request.number, 1U);
    batcher.set_scale(BatchScale());
    EXPECT_EQ(batcher.next_batch(0, 3).running, 3U) << "there is no more room";
    EXPECT_EQ(batcher.next_batch(0).running, 4U);
}

TEST(BatchScale, stops_requests_from_joining) {
    BatchingSettings settings = settings_of(Mode::continuous);
    settings.bounds.most = 4;
    expect_to_stop_joining(TokenBatcher(settings, 1));
    expect_to_stop_joining(ChunkedBatcher(settings, {.token_budget = 64, .paged = true}, 1));
}

}  // namespace
}  // namespace penstock::batching
