// SPDX-License-Identifier: Apache-2.0
//
// The modes with bins.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/batching/batcher.h"
#include "tests/property/dice.h"
#include "tests/unit/batching/requests.h"

namespace penstock::batching {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(MultiBin, makes_batches_of_like_length) {
    Batcher batcher(with_bins(Mode::multi_bin_dynamic, {10, 100}));
    submit_totals(batcher, {500, 2, 50, 3, 60, 700});
    EXPECT_THAT(next_members(batcher), ElementsAre(1, 3));
    EXPECT_THAT(next_members(batcher), ElementsAre(2, 4));
    EXPECT_THAT(next_members(batcher), ElementsAre(0, 5));
    EXPECT_THAT(next_members(batcher), IsEmpty());
}

TEST(MultiBin, can_go_by_the_output_alone) {
    BatchingSettings settings = with_bins(Mode::multi_bin_dynamic, {10});
    settings.key = BinKey::output;
    Batcher batcher(settings);
    batcher.submit({.number = 0, .prompt = 900, .output = 5, .predicted = 5});
    batcher.submit({.number = 1, .prompt = 1, .output = 5, .predicted = 90});
    batcher.submit({.number = 2, .prompt = 1, .output = 90, .predicted = 9});
    EXPECT_THAT(next_members(batcher), ElementsAre(0, 2));
    EXPECT_THAT(next_members(batcher), ElementsAre(1));
}

TEST(MultiBin, learns_for_each_bin_alone) {
    BatchingSettings settings = with_bins(Mode::multi_bin_dynamic, {10});
    settings.sla.window = 1;
    Batcher batcher(settings);
    submit_totals(batcher, {2, 2});
    const std::optional<Batch> batch = batcher.next_batch();
    ASSERT_TRUE(batch);
    batcher.completed(*batch, 9'000'000'000);
    EXPECT_EQ(batcher.target(0), 3U);
    EXPECT_EQ(batcher.target(1), 64U);
}

TEST(MultiBin, can_learn_for_all_bins_together) {
    BatchingSettings settings = with_bins(Mode::multi_bin_dynamic, {10});
    settings.sla.window = 1;
    settings.sla.scope = FeedbackScope::shared;
    Batcher batcher(settings);
    submit_totals(batcher, {2, 2});
    const std::optional<Batch> batch = batcher.next_batch();
    ASSERT_TRUE(batch);
    batcher.completed(*batch, 9'000'000'000);
    EXPECT_EQ(batcher.target(0), 3U);
    EXPECT_EQ(batcher.target(1), 3U);
}

BatchingSettings full_ones() {
    BatchingSettings settings = with_bins(Mode::multi_bin_fixed, {10});
    settings.fixed = 2;
    return settings;
}

TEST(MultiBinFixed, waits_until_a_batch_is_full) {
    Batcher batcher(full_ones());
    submit_totals(batcher, {2, 50});
    EXPECT_THAT(next_members(batcher), IsEmpty());
    batcher.submit(of_total(2, 60));
    EXPECT_THAT(next_members(batcher), ElementsAre(1, 2));
    EXPECT_THAT(next_members(batcher), IsEmpty());
}

TEST(MultiBinFixed, serves_what_was_full_first_first) {
    Batcher batcher(full_ones());
    submit_totals(batcher, {2, 50, 60, 3, 70, 80});
    EXPECT_THAT(next_members(batcher), ElementsAre(1, 2));
    EXPECT_THAT(next_members(batcher), ElementsAre(0, 3));
    EXPECT_THAT(next_members(batcher), ElementsAre(4, 5));
}

TEST(MultiBinFixed, serves_the_rest_when_nobody_comes_any_more) {
    Batcher batcher(full_ones());
    submit_totals(batcher, {50, 2, 3, 4});
    batcher.submitted_all();
    EXPECT_THAT(next_members(batcher), ElementsAre(1, 2));
    EXPECT_THAT(next_members(batcher), ElementsAre(3)) << "lower bins first";
    EXPECT_THAT(next_members(batcher), ElementsAre(0));
    EXPECT_THAT(next_members(batcher), IsEmpty());
}

TEST(MultiBinFixed, never_mixes_bins) {
    for (std::uint32_t seed = 1; seed <= 1000; ++seed) {
        Dice dice(seed);
        BatchingSettings settings = with_bins(Mode::multi_bin_fixed, {10, 20, 30});
        settings.fixed = 1 + dice.below(6);
        Batcher batcher(settings);
        const std::uint32_t count = 1 + dice.below(60);
        for (std::uint32_t number = 0; number < count; ++number) {
            batcher.submit(of_total(number, 2 + dice.below(40)));
        }
        batcher.submitted_all();
        std::uint32_t served = 0;
        while (const std::optional<Batch> batch = batcher.next_batch()) {
            batcher.each_member(*batch, [&](std::uint32_t, const PooledRequest& member) {
                EXPECT_EQ(std::min(member.total / 10, 3U), batch->bin) << seed;
            });
            EXPECT_LE(batch->members.count, settings.fixed);
            served += batch->members.count;
            batcher.completed(*batch, 1);
        }
        EXPECT_EQ(served, count) << seed;
    }
}

}  // namespace
}  // namespace penstock::batching
