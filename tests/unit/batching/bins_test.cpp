// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/bins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/property/dice.h"

namespace penstock::batching {
namespace {

using Keys = std::vector<std::int64_t>;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Bins, go_by_what_is_predicted) {
    const Request request{.prompt = 10, .output = 500, .predicted = 30};
    EXPECT_EQ(key_of(request, BinKey::total), 40);
    EXPECT_EQ(key_of(request, BinKey::output), 30);
}

TEST(Bins, have_boundaries_that_part_the_requests_evenly) {
    Keys keys{8, 1, 7, 2, 6, 3, 5, 4};
    EXPECT_THAT(equal_mass_boundaries(keys, 4), ElementsAre(3, 5, 7));
    EXPECT_THAT(equal_mass_boundaries(keys, 2), ElementsAre(5));
    EXPECT_THAT(equal_mass_boundaries(keys, 1), IsEmpty());
}

TEST(Bins, of_uneven_numbers_are_cut_off_below) {
    Keys keys{10, 20, 30, 40, 50};
    EXPECT_THAT(equal_mass_boundaries(keys, 3), ElementsAre(20, 40));
    Keys alike{7, 7, 7};
    EXPECT_THAT(equal_mass_boundaries(alike, 3), ElementsAre(7, 7));
}

TEST(Bins, begin_at_their_lower_boundary) {
    const Keys boundaries{10, 20, 20, 30};
    EXPECT_EQ(bin_of(-5, boundaries), 0U);
    EXPECT_EQ(bin_of(9, boundaries), 0U);
    EXPECT_EQ(bin_of(10, boundaries), 1U);
    EXPECT_EQ(bin_of(19, boundaries), 1U);
    EXPECT_EQ(bin_of(20, boundaries), 3U) << "a bin of no width is empty";
    EXPECT_EQ(bin_of(1000, boundaries), 4U);
    EXPECT_EQ(bin_of(1000, {}), 0U);
}

TEST(Bins, hold_about_as_many_requests_each_where_lengths_differ) {
    for (std::uint32_t seed = 1; seed <= 1000; ++seed) {
        Dice dice(seed);
        const std::uint32_t bins = 1 + dice.below(9);
        const std::uint32_t count = bins + dice.below(200);
        Keys keys(count);
        for (std::uint32_t number = 0; number < count; ++number) {
            keys[number] = (number * 1000) + dice.below(1000);
        }
        std::ranges::reverse(keys);
        const Keys boundaries = equal_mass_boundaries(keys, bins);
        std::vector<std::uint32_t> held(bins);
        for (const std::int64_t key : keys) {
            ++held[bin_of(key, boundaries)];
        }
        const auto [least, most] = std::ranges::minmax(held);
        ASSERT_LE(most - least, 1U) << seed;
        ASSERT_TRUE(std::ranges::is_sorted(boundaries)) << seed;
    }
}

}  // namespace
}  // namespace penstock::batching
