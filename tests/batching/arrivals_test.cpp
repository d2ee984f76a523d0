// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/arrivals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sim/batching/capacity.h"
#include "tests/batching/stage.h"

namespace penstock::sim {
namespace {

using testing::HasSubstr;

RawTrace many(std::uint32_t count) {
    RawTrace raw{.file = "requests.csv"};
    for (std::uint32_t number = 0; number < count; ++number) {
        raw.rows.push_back({.id = number, .arrival_us = number});
        raw.by_id.push_back(number);
    }
    return raw;
}

struct Gaps {
    double mean = 0;
    double variation = 0;  // Coefficient of.
    double longest = 0;
};

Gaps gaps_of(std::string_view process, std::uint64_t seed) {
    RawTrace raw = many(20'000);
    const Result<ArrivalProcess> parsed = parse_arrivals(process);
    EXPECT_TRUE(parsed) << process;
    draw_arrivals(raw, *parsed, seed);
    double sum = 0;
    double squares = 0;
    double longest = 0;
    for (std::size_t place = 1; place < raw.rows.size(); ++place) {
        const auto us =
            static_cast<double>(raw.rows[place].arrival_us - raw.rows[place - 1].arrival_us);
        EXPECT_GE(us, 0);
        sum += us * 1e-6;
        squares += us * us * 1e-12;
        longest = std::max(longest, us * 1e-6);
    }
    const auto count = static_cast<double>(raw.rows.size() - 1);
    const double mean = sum / count;
    return {.mean = mean,
            .variation = std::sqrt((squares / count) - (mean * mean)) / mean,
            .longest = longest};
}

TEST(Arrivals, of_poisson_vary_as_much_as_their_mean) {
    const Gaps gaps = gaps_of("poisson:50", 1);
    EXPECT_NEAR(gaps.mean, 0.02, 0.001);
    EXPECT_NEAR(gaps.variation, 1, 0.05);
}

TEST(Arrivals, of_gamma_vary_as_they_are_told) {
    for (const double variation : {0.5, 3.0}) {
        const Gaps gaps = gaps_of(fmt::format("gamma:5:{}", variation), 2);
        EXPECT_NEAR(gaps.mean, 0.2, 0.02);
        EXPECT_NEAR(gaps.variation, variation, 0.1 * variation);
    }
}

TEST(Arrivals, of_bursts_pause) {
    const Gaps gaps = gaps_of("bursts:100", 3);
    EXPECT_GT(gaps.longest, 5);
    EXPECT_GT(gaps.variation, 3);
    // On for 2 s in the median and off for 5, both spread: 25.6 a second in the long run.
    EXPECT_NEAR(1 / gaps.mean, 25.6, 5);
    const Gaps long_pauses = gaps_of("bursts:100:1:50", 3);
    EXPECT_GT(long_pauses.mean, 5 * gaps.mean);
}

TEST(Arrivals, are_the_same_for_the_same_seed) {
    RawTrace one = many(100);
    RawTrace same = many(100);
    RawTrace other = many(100);
    const ArrivalProcess process{.per_second = 10};
    draw_arrivals(one, process, 5);
    draw_arrivals(same, process, 5);
    draw_arrivals(other, process, 6);
    EXPECT_EQ(one.rows[99].arrival_us, same.rows[99].arrival_us);
    EXPECT_NE(one.rows[99].arrival_us, other.rows[99].arrival_us);
}

TEST(Arrivals, keep_the_order_in_which_requests_came) {
    RawTrace raw = trace_of({{500, 1, 1}, {100, 2, 2}, {300, 3, 3}});
    draw_arrivals(raw, {.per_second = 1}, 1);
    EXPECT_LT(raw.rows[1].arrival_us, raw.rows[2].arrival_us);
    EXPECT_LT(raw.rows[2].arrival_us, raw.rows[0].arrival_us);
}

TEST(Arrivals, are_refused_where_they_make_no_sense) {
    for (const char* text : {"",
                             "poisson",
                             "poisson:",
                             "poisson:0",
                             "poisson:-1",
                             "poisson:nan",
                             "poisson:1e9",
                             "poisson:1:2",
                             "gamma:1",
                             "gamma:1:0",
                             "bursts",
                             "bursts:1:2",
                             "bursts:1:2:3:4",
                             "uniform:1",
                             "poisson:1x"}) {
        const Result<ArrivalProcess> process = parse_arrivals(text);
        ASSERT_FALSE(process) << text;
        EXPECT_THAT(process.error().message(), HasSubstr("is none of poisson:RATE")) << text;
    }
}

// Each request for itself takes 10 ms, whatever the rate.
constexpr const char* server = R"({"mode": "static_fifo", "b_fixed": 1, "d_sla_s": 0.015,
    "latency": {"alpha": 0.01, "beta": 0, "gamma": 0}})";

RawTrace every(std::int64_t gap_us, std::uint32_t count) {
    RawTrace raw = many(count);
    for (TraceRow& row : raw.rows) {
        row.arrival_us = row.id * gap_us;
    }
    return raw;
}

TEST(Capacity, is_the_rate_that_a_queue_can_just_serve) {
    // With even gaps nobody waits up to 100 a second; 1000 requests let it be a little more until
    // one in twenty has waited for 5 ms.
    for (const std::int64_t gap_us : {1'000'000, 10'000, 100}) {
        const Result<Capacity> found = find_capacity(inputs_of(every(gap_us, 1000), server), {}, 5);
        ASSERT_TRUE(found) << found.error().message();
        EXPECT_NEAR(found->per_second, 100, 0.3) << gap_us;
        EXPECT_LE(found->figures.late_percent(), 5);
        EXPECT_GT(found->runs, 5);
    }
}

TEST(Capacity, is_just_below_where_too_many_are_late) {
    const BatchingInputs inputs = inputs_of(every(20'000, 500), server);
    const Result<Capacity> found = find_capacity(inputs, {}, 5);
    ASSERT_TRUE(found);
    const BatchingRun above =
        run_of(inputs, {fmt::format("rps_scale={}", found->rps_scale * 1.002)});
    EXPECT_GT(above.figures.late_percent(), 5);
    const BatchingRun there = run_of(inputs, {fmt::format("rps_scale={}", found->rps_scale)});
    EXPECT_EQ(there.figures.digest, found->figures.digest);
    EXPECT_THAT(capacity_json(*found), HasSubstr(R"("capacity_rps":)"));
}

TEST(Capacity, has_no_end_where_everything_is_served_at_once) {
    const Result<Capacity> found =
        find_capacity(inputs_of(every(20'000, 10), server), {"b_fixed=100"}, 90);
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().message(), HasSubstr("serve any rate in time"));
}

TEST(Capacity, is_nothing_where_even_a_lonely_request_is_late) {
    const Result<Capacity> found =
        find_capacity(inputs_of(every(20'000, 10), server), {"d_sla_s=0.001"}, 5);
    ASSERT_FALSE(found);
}

TEST(Capacity, needs_requests_that_have_a_rate) {
    const Result<Capacity> found = find_capacity(inputs_of(every(0, 10), server), {}, 5);
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().message(), HasSubstr("they have no rate"));
}

}  // namespace
}  // namespace penstock::sim
