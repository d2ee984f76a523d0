// SPDX-License-Identifier: Apache-2.0
//
// Requests that nobody waits for any more leave the batcher's queues, and nobody else does.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "tests/unit/libpenstock/batcher_stage.h"

namespace penstock::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view chunks = R"({"mode": "continuous", "b_max": 4,
    "kv_capacity_tokens": 24, "step": {"kind": "chunked", "token_budget": 16, "block": 8,
    "kv": "paged", "c0": 0, "w": 0, "c_tok": 0, "c_kv": 0}})";

int cancel(const BatcherStage& stage, std::int64_t id) {
    return penstock_batcher_cancel(stage.batcher.get(), id);
}

TEST(BatcherCancel, takes_out_who_waits_wherever_that_is) {
    for (const std::string_view config :
         {R"({"mode": "static_fifo", "b_fixed": 9})",
          R"({"mode": "dynamic_no_bins"})",
          R"({"mode": "continuous", "b_max": 9})",
          R"({"mode": "continuous", "b_max": 9, "step": {"kind": "chunked", "token_budget": 900,
              "c0": 0, "w": 0, "c_tok": 0, "c_kv": 0}})"}) {
        BatcherStage stage(config);
        stage.submit_all({1, 2, 3, 4, 5});
        for (const std::int64_t id : {1, 3, 5}) {
            EXPECT_EQ(cancel(stage, id), 0) << config;
            EXPECT_EQ(cancel(stage, id), -ENOENT) << config;
        }
        stage.submit_all({6, 1});
        EXPECT_THAT(stage.next(), ElementsAre(2, 4, 6, 1)) << config;
        EXPECT_EQ(stage.batch.waiting, 0U);
    }
}

TEST(BatcherCancel, leaves_who_runs_alone) {
    BatcherStage stage(R"({"mode": "continuous", "b_max": 2})");
    stage.submit_all({1, 2, 3});
    EXPECT_THAT(stage.next(), ElementsAre(1, 2));
    EXPECT_EQ(cancel(stage, 1), -EINPROGRESS);
    EXPECT_EQ(cancel(stage, 9), -ENOENT);
    EXPECT_EQ(stage.complete(), 0);
    EXPECT_EQ(cancel(stage, 1), -EINPROGRESS) << "it runs between two iterations as well";
    EXPECT_THAT(stage.next(), ElementsAre(1, 2));
    EXPECT_EQ(stage.complete({1}), 0) << "which is how it leaves";
    EXPECT_EQ(cancel(stage, 1), -ENOENT);
    EXPECT_EQ(cancel(stage, 3), 0);
    EXPECT_THAT(stage.next(), ElementsAre(2));
}

TEST(BatcherCancel, empties_a_queue_that_goes_on) {
    BatcherStage stage(R"({"mode": "static_fifo"})");
    stage.submit_all({1, 2});
    EXPECT_EQ(cancel(stage, 2), 0);
    EXPECT_EQ(cancel(stage, 1), 0);
    EXPECT_THAT(stage.next(), IsEmpty());
    stage.submit_all({3, 2, 1});
    EXPECT_THAT(stage.next(), ElementsAre(3, 2, 1));
}

TEST(BatcherCancel, leaves_full_batches_as_they_are_but_for_him) {
    BatcherStage stage(R"({"mode": "multi_bin_fixed", "b_fixed": 2, "k_bins": 1})");
    stage.submit_all({1, 2, 3, 4, 5, 6, 7});
    EXPECT_EQ(cancel(stage, 2), 0);
    EXPECT_EQ(cancel(stage, 3), 0);
    EXPECT_EQ(cancel(stage, 4), 0) << "nobody is left of that batch";
    EXPECT_THAT(stage.next(), ElementsAre(1));
    EXPECT_EQ(stage.complete(), 0);
    EXPECT_THAT(stage.next(), ElementsAre(5, 6));
    EXPECT_EQ(stage.complete(), 0);
    EXPECT_THAT(stage.next(), IsEmpty()) << "7 waits for company";
    EXPECT_EQ(cancel(stage, 7), 0);
    EXPECT_EQ(stage.submit(8), 0);
    EXPECT_THAT(stage.next(), IsEmpty());
}

TEST(BatcherCancel, takes_out_who_was_evicted) {
    BatcherStage stage(chunks);
    stage.submit_all({1, 2, 3});
    EXPECT_THAT(stage.next(), ElementsAre(1, 2));
    EXPECT_EQ(stage.complete(), 0);
    EXPECT_THAT(stage.next(), ElementsAre(1));
    EXPECT_EQ(cancel(stage, 2), 0);
    EXPECT_EQ(stage.batch.waiting, 2U);
    EXPECT_EQ(stage.complete({1}), 0);
    EXPECT_THAT(stage.next(), ElementsAre(3));
}

}  // namespace
}  // namespace penstock::client
