// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/arrivals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace penstock::workload {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

std::vector<TimePoint> first(Arrivals arrivals, std::size_t count) {
    std::vector<TimePoint> times;
    while (times.size() < count) {
        times.push_back(arrivals.next());
    }
    return times;
}

Arrivals poisson(std::uint64_t seed) {
    return {{.mean_gap = milliseconds(10), .seed = seed}, {}};
}

TEST(Arrivals, periodic_ones_are_one_gap_apart_from_the_start) {
    const TimePoint start = from_ns(1'000'000);
    const auto times =
        first({{.pattern = ArrivalPattern::periodic, .mean_gap = milliseconds(5)}, start}, 3);
    EXPECT_EQ(times[0], start + milliseconds(5));
    EXPECT_EQ(times[1], start + milliseconds(10));
    EXPECT_EQ(times[2], start + milliseconds(15));
}

TEST(Arrivals, the_same_seed_gives_the_same_times) {
    EXPECT_EQ(first(poisson(7), 100), first(poisson(7), 100));
    EXPECT_NE(first(poisson(7), 100), first(poisson(8), 100));
}

TEST(Arrivals, poisson_times_never_go_back) {
    const auto times = first(poisson(3), 10'000);
    EXPECT_TRUE(std::ranges::is_sorted(times));
}

TEST(Arrivals, poisson_gaps_have_the_mean_and_the_spread_of_an_exponential) {
    constexpr std::size_t count = 100'000;
    const auto times = first(poisson(42), count);
    const double mean_ms = std::chrono::duration<double, std::milli>(times.back() - TimePoint()) /
                           milliseconds(1) / count;
    EXPECT_NEAR(mean_ms, 10.0, 0.15);
    // Of an exponential, 1 - 1/e of the gaps are shorter than the mean.
    std::size_t shorter = 0;
    TimePoint before{};
    for (const TimePoint time : times) {
        shorter += time - before < milliseconds(10) ? 1U : 0U;
        before = time;
    }
    EXPECT_NEAR(static_cast<double>(shorter) / count, 0.632, 0.01);
}

TEST(MeanGap, makes_the_device_as_busy_as_asked) {
    EXPECT_EQ(mean_gap(milliseconds(2), 0.2), milliseconds(10));
    EXPECT_EQ(mean_gap(microseconds(100), 1.0), microseconds(100));
    EXPECT_EQ(mean_gap(microseconds(100), 2.0), microseconds(50));
}

}  // namespace
}  // namespace penstock::workload
