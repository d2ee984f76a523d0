// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/batching/stage.h"

namespace penstock::sim {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// Each request for itself: 10 us and 1 us a token.
constexpr const char* one_by_one = R"({"mode": "static_fifo", "b_fixed": 1, "d_sla_s": 3e-5,
    "latency": {"alpha": 1e-5, "beta": 1e-6, "gamma": 0}})";

BatchingRun three() {
    return run_of(inputs_of(trace_of({{0, 6, 4}, {0, 4, 6}, {100, 9, 1}}), one_by_one));
}

TEST(BatchingFigures, are_counted_exactly) {
    const BatchingFigures figures = three().figures;
    EXPECT_EQ(figures.requests, 3U);
    EXPECT_EQ(figures.makespan_ns, 120'000);
    EXPECT_EQ(figures.tokens, 30U);
    EXPECT_EQ(figures.output_tokens, 11U);
    EXPECT_EQ(figures.sum_latency_ns, 20'000 + 40'000 + 20'000);
    EXPECT_EQ(figures.sum_queue_ns, 20'000);
    EXPECT_EQ(figures.late, 1U);
    EXPECT_EQ(figures.busy_ns, 60'000);
    EXPECT_EQ(figures.batches, 3U);
    EXPECT_EQ(figures.largest_batch, 1U);
    EXPECT_EQ(figures.most_held_tokens, 10U);
    EXPECT_DOUBLE_EQ(figures.utilisation_percent, 50);
    EXPECT_DOUBLE_EQ(figures.padding_percent, 0);
    EXPECT_DOUBLE_EQ(figures.per_second(figures.requests), 25'000);
    EXPECT_NEAR(figures.late_percent(), 33.333, 0.001);
    EXPECT_EQ(figures.events, 9U);
}

TEST(BatchingFigures, count_as_late_only_what_is_later) {
    const BatchingInputs inputs = inputs_of(trace_of({{0, 6, 4}}), one_by_one);
    EXPECT_EQ(run_of(inputs, {"d_sla_s=0.00002"}).figures.late, 0U);
    EXPECT_EQ(run_of(inputs, {"d_sla_s=0.000019999"}).figures.late, 1U);
}

TEST(BatchingFigures, tell_what_padding_wastes) {
    const BatchingInputs inputs = inputs_of(trace_of({{0, 5, 5}, {0, 15, 15}}), one_by_one);
    EXPECT_NEAR(run_of(inputs, {"b_fixed=2"}).figures.padding_percent, 100.0 / 3, 1e-9);
}

TEST(BatchingFigures, count_batches_that_the_cache_does_not_hold) {
    const BatchingInputs inputs = inputs_of(trace_of({{0, 5, 5}, {0, 15, 15}}), one_by_one);
    EXPECT_EQ(run_of(inputs, {"kv_capacity_tokens=40", "b_fixed=2"}).figures.overflowing_batches,
              0U);
    EXPECT_EQ(run_of(inputs, {"kv_capacity_tokens=39", "b_fixed=2"}).figures.overflowing_batches,
              1U);
    EXPECT_EQ(run_of(inputs, {"kv_capacity_tokens=29"}).figures.overflowing_batches, 1U);
}

TEST(BatchingFigures, tell_how_full_the_cache_was) {
    const BatchingInputs inputs = inputs_of(trace_of({{0, 5, 5}}), one_by_one);
    EXPECT_DOUBLE_EQ(run_of(inputs, {"kv_capacity_tokens=40"}).figures.held_percent, 25);
    EXPECT_DOUBLE_EQ(run_of(inputs, {"kv_capacity_tokens=40", "num_gpus=2"}).figures.held_percent,
                     12.5);
}

TEST(BatchingFigures, have_the_published_names) {
    const json told = json::parse(figures_json(three().figures));
    for (const char* key : {"n",
                            "makespan_ns",
                            "throughput_rps",
                            "throughput_tok_s",
                            "throughput_out_tok_s",
                            "sum_latency_ns",
                            "avg_latency_s",
                            "p50_ns",
                            "p95_ns",
                            "p99_ns",
                            "max_ns",
                            "sum_queue_ns",
                            "sla_violations",
                            "sla_violation_pct",
                            "goodput_rps",
                            "busy_ns",
                            "gpu_util_pct",
                            "batches",
                            "max_batch",
                            "mean_batch",
                            "mem_overflow_batches",
                            "digest",
                            "pad_waste_pct"}) {
        EXPECT_TRUE(told.contains(key)) << key;
    }
    EXPECT_FALSE(told.contains("preemptions"));
    EXPECT_EQ(told["p50_ns"], 20'000);
    EXPECT_EQ(told["p99_ns"], 40'000);
    EXPECT_NEAR(told["avg_latency_s"].get<double>(), 80e-6 / 3, 1e-15);
}

TEST(BatchingFigures, of_iterations_tell_of_first_tokens) {
    const BatchingInputs inputs = inputs_of(
        trace_of({{0, 6, 4}}),
        R"({"mode": "continuous", "latency": {"alpha": 1e-5, "beta": 1e-6, "gamma": 0}})");
    const json told = json::parse(figures_json(run_of(inputs).figures));
    EXPECT_EQ(told["preemptions"], 0);
    EXPECT_EQ(told["ttft_p50_ns"], 17'000) << "a cold start, the prompt, and its own iteration";
    EXPECT_EQ(told["ttft_p99_ns"], 17'000);
    EXPECT_EQ(told["tpot_p50_ns"], 1000);
    EXPECT_EQ(told["batches"], 10);
    EXPECT_FALSE(told.contains("pad_waste_pct"));
}

// FNV-1a of "0 0 20000 0\n1 20000 40000 0\n2 100000 120000 0\n", as any other program has it.
TEST(BatchingFigures, have_a_digest_that_others_can_compute) {
    std::uint64_t expected = 0xcbf29ce484222325U;
    for (const char letter :
         std::string_view("0 0 20000 0\n1 20000 40000 0\n2 100000 120000 0\n")) {
        expected = (expected ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
    }
    EXPECT_EQ(three().figures.digest, expected);
    EXPECT_EQ(digest_text(0xabU), "00000000000000ab");
}

TEST(BatchingFigures, are_refused_where_they_do_not_fit) {
    const BatchingConfig config;
    const Result<Trace> trace = make_trace(trace_of({{0, 1, 1}}), 1);
    Outcome outcome{.requests = {{.start_ns = 0, .completion_ns = 1}}, .batches = 1};
    outcome.busy_ns = static_cast<WideSum>(INT64_MAX) + 1;
    EXPECT_FALSE(figures_of(config, *trace, outcome));
    outcome.busy_ns = INT64_MAX;
    EXPECT_TRUE(figures_of(config, *trace, outcome));
}

TEST(Spread, is_exact_by_nearest_rank) {
    std::vector<std::int64_t> none;
    EXPECT_EQ(spread_of(none).most_ns, 0);
    for (std::uint32_t seed = 1; seed <= 1000; ++seed) {
        Dice dice(seed);
        std::vector<std::int64_t> all(1 + dice.below(250));
        for (std::int64_t& each : all) {
            each = dice.below(300);
        }
        std::vector<std::int64_t> sorted = all;
        std::ranges::sort(sorted);
        const Spread spread = spread_of(all);
        // Of at least this many percent, none is larger.
        const auto at = [&](double percent) {
            std::size_t rank = 0;
            while (100.0 * static_cast<double>(rank + 1) <
                   percent * static_cast<double>(sorted.size()) - 1e-9) {
                ++rank;
            }
            return sorted[rank];
        };
        ASSERT_EQ(spread.p50_ns, at(50)) << seed;
        ASSERT_EQ(spread.p90_ns, at(90)) << seed;
        ASSERT_EQ(spread.p95_ns, at(95)) << seed;
        ASSERT_EQ(spread.p99_ns, at(99)) << seed;
        ASSERT_EQ(spread.most_ns, sorted.back()) << seed;
    }
}

TEST(RequestsCsv, has_a_line_for_each_request) {
    EXPECT_EQ(requests_csv(three()),
              "id,arrival_ns,start_ns,first_ns,completion_ns,gpu,latency_ns\n"
              "0,0,0,,20000,0,20000\n"
              "1,0,20000,,40000,0,40000\n"
              "2,100000,100000,,120000,0,20000\n");
    const BatchingRun run = run_of(inputs_of(
        trace_of({{0, 6, 4}}),
        R"({"mode": "continuous", "latency": {"alpha": 1e-5, "beta": 1e-6, "gamma": 0}})"));
    EXPECT_THAT(requests_csv(run), HasSubstr("\n0,0,0,17000,20000,0,20000\n"));
}

TEST(Comparison, always_has_static_batches) {
    const std::vector<Variant> all = variants_to_compare({});
    ASSERT_EQ(all.size(), 7U);
    EXPECT_EQ(all[0].name, "static_fifo B=8");
    EXPECT_EQ(all[1].name, "static_fifo B=32");
    EXPECT_EQ(all[2].name, "static_fifo B=64");
    const std::vector<Variant> some = variants_to_compare({"continuous"});
    ASSERT_EQ(some.size(), 4U);
    EXPECT_EQ(some[3].name, "continuous");
}

TEST(Comparison, says_which_runs_are_the_same) {
    const BatchingInputs inputs =
        inputs_of(trace_of({{0, 6, 4}, {0, 4, 6}, {9, 1, 1}, {9, 2, 2}}), one_by_one);
    const auto runs = run_variants(inputs, variants_to_compare({"multi_bin_fixed"}));
    ASSERT_TRUE(runs) << runs.error().message();
    const std::string alike = alike_text(*runs);
    EXPECT_THAT(alike, HasSubstr("static_fifo B=8 and static_fifo B=32 are the same"));
    EXPECT_THAT(alike, testing::Not(HasSubstr("multi_bin_fixed")));
    const std::string table = figures_table(*runs);
    EXPECT_THAT(table, HasSubstr("static_fifo B=64"));
    EXPECT_THAT(table, HasSubstr("padding %"));
    const json told = json::parse(figures_array_json(*runs));
    ASSERT_EQ(told["runs"].size(), 4U);
    EXPECT_EQ(told["runs"][3]["name"], "multi_bin_fixed");
    EXPECT_EQ(told["runs"][0]["figures"]["n"], 4);
}

TEST(Comparison, names_the_mode_that_can_not_be_run) {
    const auto runs = run_variants(inputs_of(trace_of({{0, 6, 4}}), one_by_one),
                                   variants_to_compare({"lottery"}));
    ASSERT_FALSE(runs);
    EXPECT_THAT(runs.error().message(), HasSubstr("lottery: config.json:1: mode is none of"));
}

TEST(Sweep, goes_through_the_values) {
    const auto variants = variants_to_sweep("b_fixed=1,2,3");
    ASSERT_TRUE(variants);
    ASSERT_EQ(variants->size(), 3U);
    EXPECT_EQ((*variants)[2].changes.front(), "b_fixed=3");
    const auto runs =
        run_variants(inputs_of(trace_of({{0, 1, 1}, {0, 1, 1}, {0, 1, 1}}), one_by_one), *variants);
    ASSERT_TRUE(runs);
    EXPECT_EQ((*runs)[0].figures.batches, 3U);
    EXPECT_EQ((*runs)[1].figures.batches, 2U);
    EXPECT_EQ((*runs)[2].figures.batches, 1U);
}

TEST(Sweep, needs_a_key_and_few_enough_values) {
    EXPECT_FALSE(variants_to_sweep("1,2"));
    EXPECT_FALSE(variants_to_sweep("=1"));
    EXPECT_FALSE(variants_to_sweep("k=" + std::string(2000, ',')));
}

}  // namespace
}  // namespace penstock::sim
