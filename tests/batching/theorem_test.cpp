// SPDX-License-Identifier: Apache-2.0
//
// Theorem 4.2 of Guldogan, Kunde, Lee and Pedarsani: the throughput of full batches of like length,
// where lengths are spread evenly and a batch takes as long as its longest member.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/batching/stage.h"

namespace penstock::sim {
namespace {

constexpr std::uint32_t shortest = 100;
constexpr std::uint32_t longest = 2000;

// All at once, evenly spread.
RawTrace even_lengths(std::uint32_t count) {
    Dice dice(7);
    RawTrace raw{.file = "requests.csv"};
    for (std::uint32_t number = 0; number < count; ++number) {
        const std::uint32_t total = shortest + dice.below(longest - shortest + 1);
        raw.rows.push_back({.id = number, .prompt = total - 1, .output = 1, .predicted = 1});
        raw.by_id.push_back(number);
    }
    return raw;
}

double predicted(double batch, double bins) {
    constexpr double second = 1e-3;  // A token takes a millisecond.
    const double a = shortest * second;
    const double c = longest * second;
    const double mean = (a + c) / 2;
    return batch / (mean + ((((batch / (batch + 1)) * c) + (a / (batch + 1)) - mean) / bins));
}

class Theorem : public testing::TestWithParam<std::uint32_t> {};

TEST_P(Theorem, holds_within_a_hundredth) {
    const BatchingInputs inputs = inputs_of(
        even_lengths(64'000),
        R"({"mode": "multi_bin_fixed", "latency": {"alpha": 0, "beta": 0.001, "gamma": 0}})");
    double before = 0;
    double worst = 0;
    for (const std::uint32_t bins : {1U, 2U, 3U, 4U, 5U, 8U}) {
        const BatchingRun run =
            run_of(inputs, {fmt::format("k_bins={}", bins), fmt::format("b_fixed={}", GetParam())});
        const double simulated = run.figures.per_second(run.figures.requests);
        const double expected = predicted(GetParam(), bins);
        EXPECT_NEAR(simulated, expected, 0.01 * expected) << bins << " bins";
        EXPECT_GT(simulated, before) << "more bins, more throughput";
        before = simulated;
        worst = std::max(worst, 100 * std::abs(simulated - expected) / expected);
    }
    RecordProperty("error_percent", fmt::format("{:.4f}", worst));
}

INSTANTIATE_TEST_SUITE_P(BatchSizes, Theorem, testing::Values(4U, 8U, 32U));

}  // namespace
}  // namespace penstock::sim
