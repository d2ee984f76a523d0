// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/percentile.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace penstock::workload {
namespace {

std::vector<Duration> one_to(int last) {
    std::vector<Duration> values;
    for (int value = last; value >= 1; --value) {
        values.emplace_back(value);
    }
    return values;
}

TEST(Percentile, of_nothing_is_absent) {
    EXPECT_EQ(percentile({}, 0.5), std::nullopt);
}

TEST(Percentile, of_one_value_is_that_value) {
    EXPECT_EQ(percentile(one_to(1), 0.0), Duration(1));
    EXPECT_EQ(percentile(one_to(1), 0.99), Duration(1));
}

TEST(Percentile, is_the_nearest_rank_whatever_the_order) {
    EXPECT_EQ(percentile(one_to(100), 0.50), Duration(50));
    EXPECT_EQ(percentile(one_to(100), 0.99), Duration(99));
    EXPECT_EQ(percentile(one_to(1000), 0.999), Duration(999));
}

TEST(Percentile, clamps_a_part_outside_zero_and_one) {
    EXPECT_EQ(percentile(one_to(10), -1.0), Duration(1));
    EXPECT_EQ(percentile(one_to(10), 2.0), Duration(10));
}

}  // namespace
}  // namespace penstock::workload
