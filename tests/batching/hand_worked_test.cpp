// SPDX-License-Identifier: Apache-2.0
//
// Runs that can be followed with pencil and paper, event by event. A batch takes 10 us and 1 us for
// each token of its longest request; an iteration 1 us, and the first one on an empty device 10 us
// more.

#include <gtest/gtest.h>

#include "tests/batching/stage.h"

namespace penstock::sim {
namespace {

std::string config(std::string_view rest) {
    return R"({"latency": {"alpha": 1e-5, "beta": 1e-6, "gamma": 0}, )" + std::string(rest) + "}";
}

std::string log_with(std::initializer_list<Asked> asked, std::string_view rest) {
    return log_of(inputs_of(trace_of(asked), config(rest)));
}

TEST(HandWorked, static_batches_take_whoever_is_there) {
    EXPECT_EQ(log_with({{0, 3, 2}, {1, 6, 4}, {2, 1, 1}, {3, 1, 2}},
                       R"("mode": "static_fifo", "b_fixed": 2)"),
              "0 arrives 0\n"
              "0 gpu0 starts 0 until 15000\n"
              "1000 arrives 1\n"
              "2000 arrives 2\n"
              "3000 arrives 3\n"
              "15000 gpu0 ends\n"
              "15000 gpu0 starts 1 2 until 35000\n"
              "35000 gpu0 ends\n"
              "35000 gpu0 starts 3 until 48000\n"
              "48000 gpu0 ends\n");
}

TEST(HandWorked, who_arrives_as_a_batch_ends_is_in_the_next) {
    EXPECT_EQ(log_with({{0, 4, 1}, {15, 1, 1}, {15, 1, 1}}, R"("mode": "static_fifo")"),
              "0 arrives 0\n"
              "0 gpu0 starts 0 until 15000\n"
              "15000 gpu0 ends\n"
              "15000 arrives 1\n"
              "15000 arrives 2\n"
              "15000 gpu0 starts 1 2 until 27000\n"
              "27000 gpu0 ends\n");
}

TEST(HandWorked, devices_are_served_in_their_order) {
    EXPECT_EQ(log_with({{0, 1, 1}, {0, 1, 1}, {0, 1, 1}},
                       R"("mode": "static_fifo", "b_fixed": 1, "num_gpus": 2)"),
              "0 arrives 0\n"
              "0 arrives 1\n"
              "0 arrives 2\n"
              "0 gpu0 starts 0 until 12000\n"
              "0 gpu1 starts 1 until 12000\n"
              "12000 gpu0 ends\n"
              "12000 gpu1 ends\n"
              "12000 gpu0 starts 2 until 24000\n"
              "24000 gpu0 ends\n");
}

TEST(HandWorked, dynamic_batches_keep_to_the_memory) {
    EXPECT_EQ(log_with({{0, 4, 1}, {0, 4, 1}, {0, 4, 1}},
                       R"("mode": "dynamic_no_bins", "kv_capacity_tokens": 12)"),
              "0 arrives 0\n"
              "0 arrives 1\n"
              "0 arrives 2\n"
              "0 gpu0 starts 0 1 until 15000\n"
              "15000 gpu0 ends\n"
              "15000 gpu0 starts 2 until 30000\n"
              "30000 gpu0 ends\n");
}

// The first batch takes 15 us, over the target of 10: high = max(4, 1 + 1), low = 1, so 2 follow.
TEST(HandWorked, dynamic_batches_keep_to_the_target_time) {
    EXPECT_EQ(
        log_with({{0, 4, 1}, {0, 4, 1}, {0, 4, 1}, {0, 4, 1}, {0, 4, 1}, {0, 4, 1}, {0, 4, 1}},
                 R"("mode": "dynamic_no_bins", "b_max": 8,
                          "ctl": {"target_s": 1e-5, "eps_s": 1e-6, "alpha": 1, "window": 1})"),
        "0 arrives 0\n"
        "0 arrives 1\n"
        "0 arrives 2\n"
        "0 arrives 3\n"
        "0 arrives 4\n"
        "0 arrives 5\n"
        "0 arrives 6\n"
        "0 gpu0 starts 0 1 2 3 until 15000\n"
        "15000 gpu0 ends\n"
        "15000 gpu0 starts 4 5 until 30000\n"
        "30000 gpu0 ends\n"
        "30000 gpu0 starts 6 until 45000\n"
        "45000 gpu0 ends\n");
}

TEST(HandWorked, bins_part_short_from_long_ones) {
    EXPECT_EQ(log_with({{0, 1, 1}, {0, 30, 10}, {0, 2, 1}, {0, 20, 10}},
                       R"("mode": "multi_bin_dynamic", "k_bins": 2, "bin_boundaries": [10])"),
              "0 arrives 0\n"
              "0 arrives 1\n"
              "0 arrives 2\n"
              "0 arrives 3\n"
              "0 gpu0 starts 0 2 until 13000\n"
              "13000 gpu0 ends\n"
              "13000 gpu0 starts 1 3 until 63000\n"
              "63000 gpu0 ends\n");
}

TEST(HandWorked, full_batches_of_a_bin_wait_for_nobody_and_the_rest_for_the_end) {
    EXPECT_EQ(log_with({{0, 1, 1}, {5, 30, 10}, {9, 2, 1}, {20, 20, 10}, {50, 1, 2}},
                       R"("mode": "multi_bin_fixed", "b_fixed": 2, "k_bins": 2,
                          "bin_boundaries": [10])"),
              "0 arrives 0\n"
              "5000 arrives 1\n"
              "9000 arrives 2\n"
              "9000 gpu0 starts 0 2 until 22000\n"
              "20000 arrives 3\n"
              "22000 gpu0 ends\n"
              "22000 gpu0 starts 1 3 until 72000\n"
              "50000 arrives 4\n"
              "72000 gpu0 ends\n"
              "72000 gpu0 starts 4 until 85000\n"
              "85000 gpu0 ends\n");
}

// Request 0 has 3 iterations, the first from 10 us on. Request 1 comes during the second of them
// and joins at its end. The log tells of as many iterations at once as nothing changes in.
TEST(HandWorked, requests_join_and_leave_between_iterations) {
    EXPECT_EQ(log_with({{0, 1, 2}, {11, 1, 1}, {30, 1, 1}}, R"("mode": "continuous")"),
              "0 arrives 0\n"
              "0 gpu0 starts 0 until 11000\n"
              "11000 gpu0 ends\n"
              "11000 arrives 1\n"
              "11000 gpu0 starts 0 1 until 13000\n"
              "13000 gpu0 ends\n"
              "30000 arrives 2\n"
              "30000 gpu0 starts 2 until 42000\n"
              "42000 gpu0 ends\n");
}

TEST(HandWorked, a_request_waits_for_room_on_any_device) {
    EXPECT_EQ(log_with({{0, 1, 2}, {0, 2, 2}, {0, 1, 1}},
                       R"("mode": "continuous", "num_gpus": 2, "kv_capacity_tokens": 4,
                          "b_max": 1)"),
              "0 arrives 0\n"
              "0 arrives 1\n"
              "0 arrives 2\n"
              "0 gpu0 starts 0 until 13000\n"
              "0 gpu1 starts 1 until 14000\n"
              "13000 gpu0 ends\n"
              "13000 gpu0 starts 2 until 25000\n"
              "14000 gpu1 ends\n"
              "25000 gpu0 ends\n");
}

// 1 us for each token that is computed, and 2 us at the least. The cache has 5 blocks of a token.
constexpr const char* chunks = R"({"mode": "continuous", "kv_capacity_tokens": 5,
    "step": {"kind": "chunked", "token_budget": 3, "block": 1, "kv": "paged",
             "c0": 0, "w": 2e-6, "c_tok": 1e-6, "c_kv": 0}})";

// Request 0 reads its prompt with 1 as far as the budget goes; 1 gives its blocks back when 0 and
// it need a sixth one, and reads again what it had.
TEST(HandWorked, chunks_and_an_eviction) {
    EXPECT_EQ(log_of(inputs_of(trace_of({{0, 2, 3}, {0, 2, 2}}), chunks)),
              "0 arrives 0\n"
              "0 arrives 1\n"
              "0 gpu0 starts 0 1 until 3000\n"
              "3000 gpu0 ends\n"
              "3000 gpu0 starts 0 1 until 5000\n"
              "5000 gpu0 ends\n"
              "5000 gpu0 starts 0 until 7000\n"
              "7000 gpu0 ends\n"
              "7000 gpu0 starts 1 until 10000\n"
              "10000 gpu0 ends\n");
}

TEST(HandWorked, chunks_in_numbers) {
    const BatchingRun run = run_of(inputs_of(trace_of({{0, 2, 3}, {0, 2, 2}}), chunks));
    EXPECT_EQ(run.figures.evictions, 1U);
    EXPECT_EQ(run.figures.batches, 4U);
    EXPECT_EQ(run.figures.largest_batch, 2U);
    EXPECT_EQ(run.figures.busy_ns, 10'000);
    EXPECT_EQ(run.figures.most_held_tokens, 5U);
    EXPECT_EQ(run.outcome.requests[0].first_ns, 3000);
    EXPECT_EQ(run.outcome.requests[1].first_ns, 5000);
    EXPECT_EQ(run.outcome.requests[1].start_ns, 0) << "the first of its starts";
    EXPECT_EQ(run.figures.first_token.p50_ns, 3000);
    EXPECT_EQ(run.figures.first_token.p99_ns, 5000);
    EXPECT_DOUBLE_EQ(run.figures.per_token.mean_ns, 3500) << "2 us for 0, 5 us for 1";
}

}  // namespace
}  // namespace penstock::sim
