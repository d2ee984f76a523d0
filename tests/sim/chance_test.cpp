// SPDX-License-Identifier: Apache-2.0

#include "sim/machine/chance.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/machine/distribution.h"
#include "sim/machine/law.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;

constexpr int draws = 200'000;

TEST(Chance, is_the_same_for_the_same_seed_and_another_for_each_part) {
    Chance one(7);
    Chance same(7);
    EXPECT_EQ(one.bits(), same.bits());
    EXPECT_NE(Chance(7).part(0).bits(), Chance(7).part(1).bits());
    EXPECT_NE(Chance(7).part(0).bits(), Chance(8).part(0).bits());
}

// Written down once: a change of these would change every simulated history.
TEST(Chance, never_changes) {
    EXPECT_EQ(Chance(0).bits(), 0xe220a8397b1dcdafU);
    Chance chance(1);
    EXPECT_EQ(static_cast<std::int64_t>(chance.lognormal(2) * 1e9), 319'468'823);
}

TEST(Chance, has_logarithms_that_fit_the_c_library_s) {
    for (double x = 1e-12; x < 1e12; x *= 1.37) {
        EXPECT_NEAR(natural_logarithm(x), std::log(x), 1e-13 * (1 + std::abs(std::log(x)))) << x;
    }
    for (double x = -50; x < 50; x += 0.37) {
        EXPECT_NEAR(exponential_of(x) / std::exp(x), 1, 1e-13) << x;
    }
}

TEST(Chance, has_the_moments_that_it_promises) {
    Chance chance(3);
    double normal = 0;
    double square = 0;
    double exponential = 0;
    double gamma = 0;
    double lognormal = 0;
    for (int draw = 0; draw < draws; ++draw) {
        const double x = chance.normal();
        normal += x;
        square += x * x;
        exponential += chance.exponential();
        gamma += chance.gamma(0.5);
        lognormal += chance.lognormal(0.5);
    }
    EXPECT_NEAR(normal / draws, 0, 0.01);
    EXPECT_NEAR(square / draws, 1, 0.02);
    EXPECT_NEAR(exponential / draws, 1, 0.01);
    EXPECT_NEAR(gamma / draws, 1, 0.02);
    EXPECT_NEAR(lognormal / draws, 1, 0.01);
}

// Twice e^(sigma^2/2) too few requests come of taking the mean for the median.
TEST(ArrivalTimes, keep_the_rate_of_lognormal_gaps) {
    const Arrivals arrivals{.kind = Arrivals::Kind::lognormal, .gap = 1ms, .sigma = 2};
    ArrivalTimes times(arrivals, Chance(5), TimePoint{});
    TimePoint last{};
    for (int draw = 0; draw < draws; ++draw) {
        last = times.next();
    }
    EXPECT_NEAR(static_cast<double>(last.time_since_epoch() / 1us), draws * 1e3, draws * 1e3 * 0.1);
}

TEST(ArrivalTimes, come_only_within_on_times) {
    const Arrivals arrivals{.kind = Arrivals::Kind::on_off, .gap = 1ms, .on = 100ms, .off = 300ms};
    ArrivalTimes times(arrivals, Chance(5), TimePoint{});
    TimePoint last{};
    for (int draw = 0; draw < draws; ++draw) {
        last = times.next();
    }
    EXPECT_NEAR(static_cast<double>(last.time_since_epoch() / 1us), draws * 4e3, draws * 4e3 * 0.1);
}

TEST(ArrivalTimes, jitter_around_their_period_without_drifting) {
    const Arrivals arrivals{.kind = Arrivals::Kind::periodic, .gap = 10ms, .jitter = 1ms};
    ArrivalTimes times(arrivals, Chance(5), TimePoint{});
    for (int number = 1; number <= 1000; ++number) {
        const Duration off = times.next().time_since_epoch() - number * 10ms;
        EXPECT_LE(off, 1ms);
        EXPECT_GE(off, -1ms);
    }
}

TEST(Distribution, has_quantiles_within_a_thousandth) {
    Distribution spread;
    EXPECT_EQ(spread.quantile(0.5), 0);
    for (std::int64_t value = 1; value <= 100'000; ++value) {
        spread.add(value * 1000);
    }
    EXPECT_EQ(spread.count(), 100'000U);
    EXPECT_NEAR(static_cast<double>(spread.quantile(0.5)), 50e6, 50e3);
    EXPECT_NEAR(static_cast<double>(spread.quantile(0.99)), 99e6, 99e3);
    EXPECT_DOUBLE_EQ(spread.mean(), 50'000'500);
    EXPECT_EQ(spread.most(), 100'000'000);
    spread.add(-5);
    EXPECT_EQ(spread.quantile(0), 0);
}

}  // namespace
}  // namespace penstock::sim
