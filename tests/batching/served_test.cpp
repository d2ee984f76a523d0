// SPDX-License-Identifier: Apache-2.0
//
// A server that asks libpenstock for its batches serves as the simulator says: the same digest, in
// every mode, on random requests and configurations.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/batching/served_run.h"
#include "tests/batching/stage.h"

namespace penstock::sim {
namespace {

constexpr std::uint32_t crowds = 300;

std::string some_bounds(Dice& dice) {
    const std::uint32_t least = 1 + dice.below(4);
    return fmt::format(R"("num_gpus": {}, "b_fixed": {}, "b_min": {}, "b_max": {},
                          "kv_capacity_tokens": {})",
                       1 + dice.below(4),
                       1 + dice.below(9),
                       least,
                       least + dice.below(20),
                       600 + dice.below(2000));
}

std::string some_control(Dice& dice) {
    return fmt::format(
        R"("ctl": {{"target_s": {}, "eps_s": 0.005, "alpha": {}, "delta": {}, "window": {},
                    "scope": "{}"}})",
        dice.one_in(2) ? 0.05 : 0.2,
        dice.below(6),
        dice.below(6),
        1 + dice.below(5),
        dice.one_in(2) ? "per_bin" : "shared");
}

std::string some_bins(Dice& dice) {
    constexpr std::array policies{"round_robin", "oldest", "longest"};
    const std::uint32_t first = dice.below(200);
    return fmt::format(R"("k_bins": 3, "bin_boundaries": [{}, {}], "bin_policy": "{}",
                          "bin_key": "{}")",
                       first,
                       first + dice.below(200),
                       policies.at(dice.below(3)),
                       dice.one_in(2) ? "total" : "output");
}

std::string some_chunks(Dice& dice) {
    return fmt::format(R"("step": {{"kind": "chunked", "token_budget": {}, "block": {},
                          "kv": "{}", "c0": 0.003, "w": {}, "c_tok": 0.00009, "c_kv": 0.0000002}})",
                       1 + dice.below(300),
                       1 + dice.below(20),
                       dice.one_in(3) ? "reserve" : "paged",
                       dice.one_in(2) ? 0.0152 : 0.0);
}

// Nobody holds back, or somebody does so now and then, also when nothing else happens.
ScaleCourse some_scales(Dice& dice) {
    ScaleCourse course;
    std::int64_t now = 0;
    for (std::uint32_t left = dice.one_in(2) ? 0 : dice.below(12); left > 0; --left) {
        now += 1 + (dice.below(200'000) * std::int64_t{1000});
        course.push_back(
            {.at_ns = now, .scale = batching::BatchScale::from(dice.below(101) / 100.0).value()});
    }
    return course;
}

// Of the mode, with further members of the object that `more` gives.
template <typename More>
void expect_the_same_digests(std::string_view mode, More more) {
    for (std::uint32_t seed = 1; seed <= crowds; ++seed) {
        Dice dice(seed);
        const RawTrace requests = some_trace(dice);
        const std::string text =
            fmt::format(R"({{"mode": "{}", {}, {}}})", mode, some_bounds(dice), more(dice));
        BatchingInputs inputs = inputs_of(requests, text);
        inputs.scales = some_scales(dice);
        const BatchingRun simulated = run_of(inputs);
        ServedRun server(simulated.config, simulated.trace, text, inputs.scales);
        const std::optional<Outcome> served = server.run();
        ASSERT_TRUE(served) << seed << ": " << penstock_error() << "\n" << text;
        ASSERT_EQ(digest_of(simulated.trace, *served), simulated.figures.digest) << seed << ":\n"
                                                                                 << text;
    }
}

TEST(Served, as_simulated_in_static_batches) {
    expect_the_same_digests("static_fifo", some_control);
}

TEST(Served, as_simulated_in_dynamic_batches) {
    expect_the_same_digests("dynamic_no_bins", some_control);
}

TEST(Served, as_simulated_in_dynamic_batches_of_several_bins) {
    expect_the_same_digests("multi_bin_dynamic",
                            [](Dice& dice) { return some_control(dice) + ", " + some_bins(dice); });
}

TEST(Served, as_simulated_in_full_batches_of_several_bins) {
    expect_the_same_digests("multi_bin_fixed", some_bins);
}

TEST(Served, as_simulated_token_by_token) {
    expect_the_same_digests("continuous", [](Dice&) { return R"("step": {"kind": "token"})"; });
}

TEST(Served, as_simulated_in_chunks) {
    expect_the_same_digests("continuous", some_chunks);
}

}  // namespace
}  // namespace penstock::sim
