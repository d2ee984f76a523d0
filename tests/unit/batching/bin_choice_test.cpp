// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/bin_choice.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/property/dice.h"

namespace penstock::batching {
namespace {

// Bins, into which requests come one after the other.
struct Shelf {
    explicit Shelf(std::size_t count) : bins(count) {}

    void add(std::size_t bin) { pool.append({.number = number++}, bins[bin]); }

    void take(std::size_t bin) { pool.release(pool.cut(bins[bin], bins[bin].first, 1)); }

    RequestPool pool{};
    std::vector<RequestChain> bins;
    std::uint32_t number = 0;
};

TEST(BinChoice, finds_nothing_in_empty_bins) {
    const Shelf shelf(3);
    for (const BinPolicy policy : {BinPolicy::round_robin, BinPolicy::oldest, BinPolicy::longest}) {
        BinChoice choice(policy);
        EXPECT_EQ(choice.next(shelf.bins, shelf.pool), std::nullopt);
    }
}

TEST(BinChoice, takes_turns_and_passes_over_empty_bins) {
    Shelf shelf(4);
    shelf.add(1);
    shelf.add(3);
    BinChoice choice(BinPolicy::round_robin);
    EXPECT_EQ(choice.next(shelf.bins, shelf.pool), 1U);
    EXPECT_EQ(choice.next(shelf.bins, shelf.pool), 3U);
    EXPECT_EQ(choice.next(shelf.bins, shelf.pool), 1U);
    shelf.add(0);
    EXPECT_EQ(choice.next(shelf.bins, shelf.pool), 3U);
    EXPECT_EQ(choice.next(shelf.bins, shelf.pool), 0U) << "the turn goes on from the last bin";
}

TEST(BinChoice, keeps_its_turn_while_all_are_empty) {
    Shelf shelf(3);
    shelf.add(0);
    BinChoice choice(BinPolicy::round_robin);
    EXPECT_EQ(choice.next(shelf.bins, shelf.pool), 0U);
    shelf.take(0);
    EXPECT_EQ(choice.next(shelf.bins, shelf.pool), std::nullopt);
    shelf.add(0);
    shelf.add(1);
    EXPECT_EQ(choice.next(shelf.bins, shelf.pool), 1U);
}

TEST(BinChoice, prefers_the_request_that_has_waited_longest) {
    Shelf shelf(3);
    shelf.add(2);
    shelf.add(0);
    shelf.add(0);
    BinChoice choice(BinPolicy::oldest);
    EXPECT_EQ(choice.next(shelf.bins, shelf.pool), 2U);
    shelf.take(2);
    shelf.add(2);
    EXPECT_EQ(choice.next(shelf.bins, shelf.pool), 0U);
}

TEST(BinChoice, prefers_the_longest_queue_and_of_equals_the_first) {
    Shelf shelf(3);
    shelf.add(2);
    shelf.add(1);
    BinChoice choice(BinPolicy::longest);
    EXPECT_EQ(choice.next(shelf.bins, shelf.pool), 1U);
    shelf.add(2);
    EXPECT_EQ(choice.next(shelf.bins, shelf.pool), 2U);
}

// No bin waits for more than one turn of each other.
TEST(BinChoice, starves_no_bin_that_takes_turns) {
    for (std::uint32_t seed = 1; seed <= 1000; ++seed) {
        Dice dice(seed);
        const std::uint32_t count = 2 + dice.below(8);
        Shelf shelf(count);
        BinChoice choice(BinPolicy::round_robin);
        std::vector<std::uint32_t> waited(count);
        for (int time = 0; time < 40; ++time) {
            shelf.add(dice.below(count));
            const auto taken = choice.next(shelf.bins, shelf.pool);
            ASSERT_TRUE(taken);
            ASSERT_GT(shelf.bins[*taken].count, 0U);
            shelf.take(*taken);
            for (std::uint32_t bin = 0; bin < count; ++bin) {
                waited[bin] = bin == *taken || shelf.bins[bin].count == 0 ? 0 : waited[bin] + 1;
                ASSERT_LT(waited[bin], count) << seed;
            }
        }
    }
}

}  // namespace
}  // namespace penstock::batching
