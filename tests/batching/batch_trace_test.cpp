// SPDX-License-Identifier: Apache-2.0
//
// Who looks on: batches as slices of a trace, several watches at a time, and how far a run is.

#include "sim/batching/batch_trace.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "tests/batching/stage.h"

namespace penstock::sim {
namespace {

using nlohmann::json;

BatchingInputs some_inputs(std::uint32_t seed) {
    Dice dice(seed);
    return inputs_of(some_trace(dice), R"({"mode": "static_fifo", "num_gpus": 3, "k_bins": 1})");
}

BatchingRun traced(const BatchingInputs& inputs, const std::string& mode, BatchTrace& trace) {
    Result<BatchingRun> run = run_batching(inputs, {"mode=" + mode}, {.watches = {&trace}});
    EXPECT_TRUE(run);
    return std::move(*run);
}

TEST(BatchTrace, has_a_slice_for_each_batch) {
    for (const char* mode :
         {"static_fifo", "dynamic_no_bins", "multi_bin_dynamic", "multi_bin_fixed"}) {
        for (std::uint32_t seed = 1; seed <= 20; ++seed) {
            const BatchingInputs inputs = some_inputs(seed);
            BatchTrace trace;
            const BatchingRun run = traced(inputs, mode, trace);
            ASSERT_EQ(trace.slices().size(), run.figures.batches) << mode << seed;
            std::uint64_t members = 0;
            std::int64_t busy_ns = 0;
            for (const BatchTrace::Slice& slice : trace.slices()) {
                members += slice.members;
                busy_ns += slice.until_ns - slice.from_ns;
            }
            EXPECT_EQ(members, run.figures.requests);
            EXPECT_EQ(busy_ns, run.figures.busy_ns);
        }
    }
}

TEST(BatchTrace, has_no_two_slices_of_a_device_at_a_time) {
    for (const char* mode : {"multi_bin_dynamic", "continuous"}) {
        BatchTrace trace;
        const BatchingRun run = traced(some_inputs(3), mode, trace);
        std::map<std::uint32_t, std::int64_t> free_at;
        for (const BatchTrace::Slice& slice : trace.slices()) {
            EXPECT_GE(slice.from_ns, free_at[slice.device]) << mode;
            EXPECT_LT(slice.device, run.config.devices);
            free_at[slice.device] = slice.until_ns;
        }
    }
}

TEST(BatchTrace, is_json_with_a_row_for_each_device) {
    BatchTrace trace;
    const BatchingRun run = traced(some_inputs(1), "static_fifo", trace);
    const json told = json::parse(trace.text("modelled \"fleet\"\n", 3));
    std::size_t slices = 0;
    std::size_t rows = 0;
    for (const json& event : told["traceEvents"]) {
        slices += event["ph"] == "X" ? 1U : 0U;
        rows += event["name"] == "thread_name" ? 1U : 0U;
    }
    EXPECT_EQ(slices, run.figures.batches);
    EXPECT_EQ(rows, 3U);
}

TEST(BatchTrace, ends_with_what_it_has_no_room_for) {
    BatchTrace trace(2);
    const BatchingRun run = traced(some_inputs(1), "static_fifo", trace);
    ASSERT_GT(run.figures.batches, 2U);
    EXPECT_EQ(trace.slices().size(), 2U);
    ASSERT_TRUE(trace.full_at_ns());
    EXPECT_GE(*trace.full_at_ns(), trace.slices().back().from_ns);
    BatchTrace roomy;
    traced(some_inputs(1), "static_fifo", roomy);
    EXPECT_FALSE(roomy.full_at_ns());
}

TEST(Watches, change_nothing_and_see_the_same) {
    const BatchingInputs inputs = some_inputs(5);
    for (const char* mode : {"mode=multi_bin_dynamic", "mode=continuous"}) {
        EventLog one;
        EventLog other;
        const Result<BatchingRun> run = run_batching(inputs, {mode}, {.watches = {&one, &other}});
        ASSERT_TRUE(run);
        EXPECT_EQ(run->figures.digest, digest_with(inputs, {mode}));
        EXPECT_EQ(one.text(), other.text());
        EXPECT_NE(one.text(), "");
    }
}

TEST(Progress, rises_to_the_end_and_is_told_seldom) {
    Dice dice(1);
    RawTrace raw = some_trace(dice);
    while (raw.rows.size() < 5000) {
        raw.rows.push_back(raw.rows[raw.rows.size() % 7]);
        raw.rows.back().id = static_cast<std::int64_t>(raw.rows.size());
    }
    number(raw);
    const BatchingInputs inputs = inputs_of(std::move(raw), R"({"mode": "static_fifo"})");
    for (const char* mode : {"mode=static_fifo", "mode=continuous"}) {
        std::vector<std::size_t> told;
        const auto tell = [&](std::size_t done, std::size_t all) {
            EXPECT_EQ(all, 5000U);
            told.push_back(done);
        };
        ASSERT_TRUE(run_batching(inputs, {mode}, {.progress = tell}));
        ASSERT_FALSE(told.empty());
        EXPECT_TRUE(std::ranges::is_sorted(told));
        EXPECT_EQ(std::ranges::count(told, 5000U), 1);
        EXPECT_EQ(told.back(), 5000U);
        EXPECT_LE(told.size(), 102U);
    }
}

}  // namespace
}  // namespace penstock::sim
