// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/memory_bound.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/property/dice.h"

namespace penstock::batching {
namespace {

BatchingSettings settings_with(std::int64_t capacity, double theta, BatchBounds bounds) {
    BatchingSettings settings;
    settings.capacity = capacity;
    settings.theta = theta;
    settings.bounds = bounds;
    return settings;
}

TEST(MemoryBound, is_the_largest_batch_while_nothing_has_ended) {
    EXPECT_EQ(MemoryBound(settings_with(1, 1.6, {.least = 2, .most = 77})).bound(), 77U);
}

TEST(MemoryBound, of_equal_requests_is_how_many_fit) {
    MemoryBound bound(settings_with(1000, 1.6, {.least = 1, .most = 128}));
    bound.note(100);
    EXPECT_EQ(bound.bound(), 10U);
    bound.note(100);
    EXPECT_EQ(bound.bound(), 10U);
}

TEST(MemoryBound, leaves_room_where_lengths_are_spread) {
    MemoryBound narrow(settings_with(10'000, 1.6448536269514722, {.least = 1, .most = 128}));
    MemoryBound wide = narrow;
    for (int time = 0; time < 10; ++time) {
        narrow.note(99);
        narrow.note(101);
        wide.note(10);
        wide.note(190);
    }
    EXPECT_EQ(narrow.bound(), 99U);
    EXPECT_EQ(wide.bound(), 86U);
}

TEST(MemoryBound, stays_within_the_bounds) {
    MemoryBound bound(settings_with(1000, 1.6, {.least = 3, .most = 5}));
    bound.note(1);
    EXPECT_EQ(bound.bound(), 5U);
    bound.note(100'000'000);
    EXPECT_EQ(bound.bound(), 3U);
}

TEST(MemoryBound, counts_exactly_where_floating_point_would_not) {
    // The variance of these is 0, and would be lost in the squares' rounding.
    MemoryBound bound(settings_with(std::int64_t{1} << 50U, 5, {.least = 1, .most = 1U << 20U}));
    const std::uint32_t length = 199'999'999;
    for (int time = 0; time < 100'000; ++time) {
        bound.note(length);
    }
    const auto fit = static_cast<std::uint32_t>((std::int64_t{1} << 50U) / length);
    EXPECT_EQ(bound.bound(), std::min(fit, 1U << 20U));
}

// The bound b and the next one embrace the root of b mu + theta sigma sqrt(b) = capacity.
TEST(MemoryBound, solves_its_equation_whatever_the_lengths) {
    for (std::uint32_t seed = 1; seed <= 1500; ++seed) {
        Dice dice(seed);
        const std::int64_t capacity = dice.between(1000, 300'000);
        const double theta = dice.between(0, 3000) / 1000.0;
        MemoryBound bound(settings_with(capacity, theta, {.least = 1, .most = 1U << 20U}));
        const int most = dice.between(1, 800);
        const int count = dice.between(1, 60);
        double sum = 0;
        double squares = 0;
        for (int time = 0; time < count; ++time) {
            const int length = dice.between(1, most);
            bound.note(static_cast<std::uint32_t>(length));
            sum += length;
            squares += static_cast<double>(length) * length;
        }
        const double mu = sum / count;
        const double sigma = std::sqrt(std::max(0.0, (squares / count) - (mu * mu)));
        const auto needed = [&](double b) { return (b * mu) + (theta * sigma * std::sqrt(b)); };
        const double found = bound.bound();
        const double slack = 1e-6 * static_cast<double>(capacity);
        EXPECT_TRUE(found == 1 || needed(found) <= static_cast<double>(capacity) + slack) << seed;
        EXPECT_GE(needed(found + 1), static_cast<double>(capacity) - slack) << seed;
    }
}

}  // namespace
}  // namespace penstock::batching
