// SPDX-License-Identifier: Apache-2.0
//
// The batcher's functions as a server uses them, and as one that is mistaken does.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cmath>
#include <string>

#include "client/libpenstock/open_batcher.h"
#include "tests/unit/libpenstock/batcher_stage.h"
#include "tests/unit/libpenstock/busy_board.h"

namespace penstock::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view fixed_4 = R"({"mode": "static_fifo", "b_fixed": 4, "num_gpus": 2})";
constexpr std::string_view tokens_4 = R"({"mode": "continuous", "b_max": 4, "num_gpus": 2})";
constexpr std::string_view chunks = R"({"mode": "continuous", "b_max": 4,
    "kv_capacity_tokens": 24, "step": {"kind": "chunked", "token_budget": 16, "block": 8,
    "kv": "paged", "c0": 0, "w": 0, "c_tok": 0, "c_kv": 0}})";

int open(std::string_view config) {
    penstock_batcher* batcher = nullptr;
    const int result = penstock_batcher_open(config.data(), config.size(), &batcher);
    EXPECT_EQ(batcher == nullptr, result != 0);
    penstock_batcher_close(batcher);
    return result;
}

TEST(Batcher, reads_what_the_simulator_reads_and_says_what_is_wrong) {
    EXPECT_EQ(open(fixed_4), 0);
    EXPECT_EQ(open("{\n\"mode\": \"fifo\"}"), -EINVAL);
    EXPECT_THAT(penstock_error(), StartsWith("config:2: mode is none of: static_fifo"));
    EXPECT_EQ(open("{"), -EINVAL);
    EXPECT_THAT(penstock_error(), HasSubstr("this is no JSON"));
    EXPECT_EQ(open(R"({"mode": "multi_bin_dynamic", "k_bins": 2})"), -EINVAL);
    EXPECT_THAT(penstock_error(), HasSubstr("bin_boundaries are missing"));
    EXPECT_EQ(open(R"({"mode": "multi_bin_fixed", "k_bins": 2, "bin_boundaries": [9]})"), 0);
    EXPECT_EQ(open(std::string((std::size_t{1} << 20U) + 1, ' ')), -EINVAL);
    EXPECT_THAT(penstock_error(), HasSubstr("longer than a MiB"));
}

TEST(Batcher, refuses_what_is_not_there) {
    penstock_batcher* batcher = nullptr;
    EXPECT_EQ(penstock_batcher_open(nullptr, 7, &batcher), -EINVAL);
    EXPECT_EQ(penstock_batcher_open("{}", 2, nullptr), -EINVAL);
    EXPECT_EQ(penstock_batcher_set_scale(nullptr, 1), -EINVAL);
    EXPECT_EQ(penstock_batcher_follow(nullptr, nullptr), -EINVAL);
    EXPECT_EQ(penstock_batcher_submit(nullptr, nullptr), -EINVAL);
    EXPECT_EQ(penstock_batcher_cancel(nullptr, 1), -EINVAL);
    EXPECT_EQ(penstock_batcher_flush(nullptr), -EINVAL);
    EXPECT_EQ(penstock_batcher_most(nullptr), 0U);
    penstock_next_batch batch{};
    batch.size = sizeof(batch);
    EXPECT_EQ(penstock_batcher_next(nullptr, 0, 0, &batch), -EINVAL);
    EXPECT_EQ(penstock_batcher_completed(nullptr, 0, 0, nullptr, 0), -EINVAL);
    EXPECT_EQ(penstock_batcher_completed(nullptr, 0, 0, nullptr, 1), -EINVAL);
    penstock_batcher_close(nullptr);

    const BatcherStage stage(fixed_4);
    EXPECT_EQ(penstock_batcher_next(stage.batcher.get(), 0, 0, nullptr), -EINVAL);
    EXPECT_EQ(penstock_batcher_next(stage.batcher.get(), 0, 0, &batch), -ENOBUFS);
    batch.capacity = 1;
    EXPECT_EQ(penstock_batcher_next(stage.batcher.get(), 0, 0, &batch), -EINVAL) << "but no items";
    const penstock_batch_request sizeless{};
    EXPECT_EQ(penstock_batcher_submit(stage.batcher.get(), &sizeless), -EINVAL);
}

TEST(Batcher, gives_batches_and_tells_how_many_wait) {
    BatcherStage stage(fixed_4);
    EXPECT_EQ(penstock_batcher_most(stage.batcher.get()), 4U);
    EXPECT_THAT(stage.next(), IsEmpty()) << "nobody waits";
    stage.submit_all({-7, 1, 2, 3, INT64_MAX});
    EXPECT_THAT(stage.next(), ElementsAre(-7, 1, 2, 3));
    EXPECT_EQ(stage.items[0].tokens, 16U);
    EXPECT_EQ(stage.items[0].flags, PENSTOCK_BATCH_JOINED);
    EXPECT_EQ(stage.batch.most, 4U);
    EXPECT_EQ(stage.batch.waiting, 1U);
    EXPECT_EQ(stage.batch.scale, 1);
    EXPECT_THAT(stage.next(1), ElementsAre(INT64_MAX));
    EXPECT_EQ(stage.complete({1, 2}), 0);
    EXPECT_EQ(stage.submit(1), 0) << "an id that has ended is free again";
    EXPECT_EQ(stage.complete({}, 1), 0);
    EXPECT_THAT(stage.next(1), ElementsAre(1));
}

TEST(Batcher, loses_nothing_by_mistakes) {
    BatcherStage stage(fixed_4);
    stage.submit_all({1, 2});
    EXPECT_EQ(stage.submit(2), -EEXIST);
    EXPECT_EQ(stage.submit(3, 0), -EINVAL);
    EXPECT_EQ(stage.submit(3, 1, PENSTOCK_BATCHER_MOST_TOKENS + 1), -EINVAL);
    EXPECT_EQ(stage.submit(3, UINT32_MAX, UINT32_MAX), -EINVAL);
    EXPECT_EQ(stage.ask(2), -EINVAL);
    EXPECT_EQ(stage.ask(0, -1), -EINVAL);
    EXPECT_EQ(stage.complete(), -ENODATA);
    EXPECT_THAT(stage.next(0, 100), ElementsAre(1, 2));
    EXPECT_EQ(stage.submit(2), -EEXIST) << "while it runs, too";
    EXPECT_EQ(stage.ask(), -EBUSY);
    EXPECT_EQ(stage.complete({}, 0, 99), -EINVAL) << "before it began";
    EXPECT_EQ(stage.complete({1, 3}, 0, 100), -ENOENT);
    EXPECT_EQ(stage.complete({1, 1}, 0, 100), -EEXIST);
    EXPECT_EQ(stage.complete({1}, 1, 100), -ENODATA);
    const penstock_batch_output vast{.id = 1, .tokens = UINT32_MAX, .reserved = 0};
    EXPECT_EQ(penstock_batcher_completed(stage.batcher.get(), 0, 100, &vast, 1), -EINVAL);
    EXPECT_EQ(stage.complete({2, 1}, 0, INT64_MAX), 0) << penstock_error();
    EXPECT_EQ(stage.complete(), -ENODATA);
    EXPECT_THAT(stage.next(), IsEmpty());
}

TEST(Batcher, takes_no_more_than_there_is_room_for) {
    BatcherStage stage(fixed_4);
    stage.submit_all({1, 2, 3, 4});
    stage.items.resize(0);
    EXPECT_EQ(stage.ask(), -ENOBUFS);
    stage.items.resize(3);
    EXPECT_THAT(stage.next(), ElementsAre(1, 2, 3));
    EXPECT_THAT(stage.next(1), ElementsAre(4));
}

TEST(Batcher, writes_no_more_figures_than_the_program_knows) {
    BatcherStage stage(fixed_4);
    stage.submit_all({1});
    penstock_next_batch batch{};
    batch.size = offsetof(penstock_next_batch, most);
    batch.items = stage.items.data();
    batch.capacity = 1;
    batch.most = 77;
    EXPECT_EQ(penstock_batcher_next(stage.batcher.get(), 0, 0, &batch), 0);
    EXPECT_EQ(batch.running, 1U);
    EXPECT_EQ(batch.most, 77U);
    batch.size = 4;
    EXPECT_EQ(penstock_batcher_next(stage.batcher.get(), 1, 0, &batch), -EINVAL);
}

TEST(Batcher, waits_for_full_batches_until_it_is_flushed) {
    BatcherStage stage(R"({"mode": "multi_bin_fixed", "b_fixed": 2, "k_bins": 1})");
    stage.submit_all({1, 2, 3});
    EXPECT_THAT(stage.next(), ElementsAre(1, 2));
    EXPECT_EQ(stage.complete(), 0);
    EXPECT_THAT(stage.next(), IsEmpty());
    EXPECT_EQ(penstock_batcher_flush(stage.batcher.get()), 0);
    EXPECT_THAT(stage.next(), ElementsAre(3));
}

TEST(Batcher, lets_requests_join_and_leave_between_iterations) {
    BatcherStage stage(tokens_4);
    stage.submit_all({1, 2, 3, 4, 5});
    EXPECT_THAT(stage.next(), ElementsAre(1, 2, 3, 4));
    EXPECT_EQ(stage.items[0].tokens, 1U);
    EXPECT_EQ(stage.complete({2, 5}), -ENOENT) << "5 waits";
    EXPECT_EQ(stage.complete({2}), 0);
    EXPECT_THAT(stage.next(), ElementsAre(1, 3, 4, 5));
    EXPECT_EQ(stage.items[0].flags, 0U);
    EXPECT_EQ(stage.items[3].flags, PENSTOCK_BATCH_JOINED);
    EXPECT_EQ(stage.complete(), 0);
    stage.items.resize(3);
    EXPECT_EQ(stage.ask(), -ENOBUFS) << "four run";
    stage.items.resize(4);
    EXPECT_THAT(stage.next(), ElementsAre(1, 3, 4, 5));
    EXPECT_EQ(stage.complete({1, 3, 4, 5}), 0);
    EXPECT_THAT(stage.next(), IsEmpty());
}

// Two prompts of 8 tokens fill two of three blocks; the third goes to who came first.
TEST(Batcher, says_who_was_evicted_and_who_comes_back) {
    BatcherStage stage(chunks);
    stage.submit_all({1, 2});
    EXPECT_THAT(stage.next(), ElementsAre(1, 2));
    EXPECT_EQ(stage.items[1].tokens, 8U);
    EXPECT_EQ(stage.complete(), 0);
    EXPECT_THAT(stage.next(), ElementsAre(1));
    ASSERT_EQ(stage.batch.count, 2U);
    EXPECT_EQ(stage.items[1].id, 2);
    EXPECT_EQ(stage.items[1].flags, PENSTOCK_BATCH_EVICTED);
    EXPECT_EQ(stage.batch.waiting, 1U);
    EXPECT_EQ(stage.complete({2}), -ENOENT);
    EXPECT_EQ(stage.complete({1}), 0);
    EXPECT_THAT(stage.next(), ElementsAre(2));
    EXPECT_EQ(stage.items[0].flags, PENSTOCK_BATCH_JOINED);
    EXPECT_EQ(stage.items[0].tokens, 9U) << "its prompt, and the token that it had made";
}

TEST(Batcher, shrinks_batches_by_the_scale_that_is_set) {
    BatcherStage stage(fixed_4);
    for (const double wrong : {-0.1, 1.1, std::nan(""), HUGE_VAL}) {
        EXPECT_EQ(penstock_batcher_set_scale(stage.batcher.get(), wrong), -EINVAL);
    }
    stage.submit_all({1, 2, 3, 4, 5});
    EXPECT_EQ(penstock_batcher_set_scale(stage.batcher.get(), 0.5), 0);
    EXPECT_THAT(stage.next(), ElementsAre(1, 2));
    EXPECT_EQ(stage.batch.most, 2U);
    EXPECT_EQ(stage.batch.scale, 0.5);
    EXPECT_EQ(penstock_batcher_most(stage.batcher.get()), 4U);
    EXPECT_EQ(penstock_batcher_set_scale(stage.batcher.get(), 0), 0);
    EXPECT_THAT(stage.next(1), ElementsAre(3));
}

TEST(Batcher, lets_nobody_join_while_the_scale_is_small) {
    BatcherStage stage(tokens_4);
    stage.submit_all({1, 2, 3, 4, 5});
    EXPECT_EQ(stage.next().size(), 4U);
    EXPECT_EQ(penstock_batcher_set_scale(stage.batcher.get(), 0.5), 0);
    EXPECT_EQ(stage.complete({1}), 0);
    EXPECT_THAT(stage.next(), ElementsAre(2, 3, 4));
    EXPECT_EQ(stage.complete({2, 3}), 0);
    EXPECT_THAT(stage.next(), ElementsAre(4, 5));
}

TEST(Batcher, follows_the_board_while_there_is_one) {
    const penstock_options options{.size = sizeof(penstock_options),
                                   .bus = "unix:path=/nonexistent/bus",
                                   .wait_ms = 0,
                                   .node = PENSTOCK_ALL_NODES,
                                   .critical = 0};
    penstock_client* client = nullptr;
    ASSERT_EQ(penstock_open(&options, &client), 0) << penstock_error();
    BatcherStage stage(fixed_4);
    ASSERT_EQ(penstock_batcher_follow(stage.batcher.get(), client), 0);
    stage.submit_all({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    const auto next_size = [&] {
        const std::size_t size = stage.next().size();
        EXPECT_EQ(stage.complete(), 0);
        return size;
    };
    EXPECT_EQ(next_size(), 4U) << "without an agent";
    dbus::BoardPage board = test::page();
    test::write(board, {test::busy_node(0, ThrottleLevel::reduce_batch, 0.5)});
    ASSERT_TRUE(client->view.show(board.reader().value()));
    EXPECT_EQ(next_size(), 2U);
    ASSERT_EQ(penstock_batcher_set_scale(stage.batcher.get(), 0.25), 0);
    EXPECT_EQ(next_size(), 1U) << "the lesser counts";
    ASSERT_EQ(penstock_batcher_set_scale(stage.batcher.get(), 1), 0);
    test::write(board, {test::busy_node(0, ThrottleLevel::reduce_batch, std::nan(""))});
    EXPECT_EQ(next_size(), 4U) << "what is no number asks for nothing";
    ASSERT_EQ(penstock_batcher_follow(stage.batcher.get(), nullptr), 0);
    penstock_close(client);
    EXPECT_THAT(stage.next(), IsEmpty());
}

TEST(Batcher, lets_one_thread_in_and_the_other_does_not_wait) {
    BatcherStage stage(fixed_4);
    stage.submit_all({1});
    stage.batcher->occupied.test_and_set();
    EXPECT_EQ(stage.submit(2), -EBUSY);
    EXPECT_EQ(penstock_batcher_cancel(stage.batcher.get(), 1), -EBUSY);
    EXPECT_EQ(stage.ask(), -EBUSY);
    EXPECT_EQ(penstock_batcher_set_scale(stage.batcher.get(), 1), -EBUSY);
    stage.batcher->occupied.clear();
    EXPECT_THAT(stage.next(), ElementsAre(1));
}

}  // namespace
}  // namespace penstock::client
