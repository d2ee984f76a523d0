// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace penstock::calibration {
namespace {

TEST(Median, is_the_middle_value_or_the_mean_of_two) {
    EXPECT_EQ(median_of({}), std::nullopt);
    EXPECT_EQ(median_of({7}), 7.0);
    EXPECT_EQ(median_of({9, 1, 5}), 5.0);
    EXPECT_EQ(median_of({9, 1, 5, 2}), 3.5);
    EXPECT_EQ(median_of({4, 4, 4, 1}), 4.0);
}

TEST(Auc, is_one_when_every_loaded_sample_is_above) {
    EXPECT_EQ(auc_of(std::vector<double>{1, 2, 3}, std::vector<double>{4, 5}), 1.0);
    EXPECT_EQ(auc_of(std::vector<double>{4, 5}, std::vector<double>{1, 2, 3}), 0.0);
}

// Pairs (alone, loaded): (1,2) (1,4) (3,4) are in order, (3,2) is not: 3 of 4.
TEST(Auc, counts_the_pairs_that_are_in_order) {
    EXPECT_EQ(auc_of(std::vector<double>{1, 3}, std::vector<double>{2, 4}), 0.75);
}

// (1,2) and (1,3) in order, (2,3) too, (2,2) is a tie: 3.5 of 4.
TEST(Auc, counts_ties_half) {
    EXPECT_EQ(auc_of(std::vector<double>{1, 2}, std::vector<double>{2, 3}), 0.875);
    EXPECT_EQ(auc_of(std::vector<double>{5, 5, 5}, std::vector<double>{5, 5}), 0.5);
}

TEST(Auc, is_unknown_without_samples) {
    EXPECT_EQ(auc_of({}, std::vector<double>{1}), std::nullopt);
    EXPECT_EQ(auc_of(std::vector<double>{1}, {}), std::nullopt);
}

// With ranks 2 and 8 of 9 the median is missed with 2 * (1 + 9) / 512 = 3.9 %; with 3 and 7 it
// would be 2 * (1 + 9 + 36) / 512 = 18 %.
TEST(MedianInterval, of_nine_values_leaves_out_one_at_either_end) {
    EXPECT_EQ(median_interval({9, 8, 7, 6, 5, 4, 3, 2, 1}), (Interval{.low = 2, .high = 8}));
}

// 2 / 64 = 3.1 % for the whole range of 6; of 5 even that is 2 / 32 = 6.3 %.
TEST(MedianInterval, of_few_values_is_their_range) {
    EXPECT_EQ(median_interval({6, 1, 2, 3, 4, 5}), (Interval{.low = 1, .high = 6}));
    EXPECT_EQ(median_interval({3, 1}), (Interval{.low = 1, .high = 3}));
    EXPECT_EQ(median_interval({3}), (Interval{.low = 3, .high = 3}));
    EXPECT_EQ(median_interval({}), std::nullopt);
}

// The table of the sign test has the ranks 40 and 61 for 100 values.
TEST(MedianInterval, of_a_hundred_values_has_the_ranks_of_the_table) {
    std::vector<double> values(100);
    std::iota(values.begin(), values.end(), 1.0);
    EXPECT_EQ(median_interval(values), (Interval{.low = 40, .high = 61}));
}

// Alone 100 and 120 around a loaded 132: against their mean of 110 that is 20 % more.
TEST(PairedChange, compares_with_both_neighbours) {
    const std::vector<Window> round{
        {.samples = {99, 100, 500}}, {.loaded = true, .samples = {132}}, {.samples = {120}}};
    EXPECT_NEAR(*paired_change(round), 0.2, 1e-12);
}

TEST(PairedChange, compares_the_other_way_round_too) {
    const std::vector<Window> round{
        {.loaded = true, .samples = {150}}, {.samples = {100}}, {.loaded = true, .samples = {90}}};
    EXPECT_NEAR(*paired_change(round), 0.2, 1e-12);
}

TEST(PairedChange, is_unknown_when_a_window_kept_no_sample) {
    EXPECT_EQ(paired_change(std::vector<Window>{{.samples = {1}}, {.loaded = true}}), std::nullopt);
    EXPECT_EQ(paired_change(std::vector<Window>{{.samples = {1}}, {.samples = {1}}}), std::nullopt);
    EXPECT_EQ(paired_change({}), std::nullopt);
    EXPECT_EQ(
        paired_change(std::vector<Window>{{.samples = {0}}, {.loaded = true, .samples = {1}}}),
        std::nullopt);
}

}  // namespace
}  // namespace penstock::calibration
