// SPDX-License-Identifier: Apache-2.0
//
// Batcher stage: a batcher of the C interface for tests, with short ways to submit, ask and
// complete.

#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

#include "client/libpenstock/include/penstock/batcher.h"

namespace penstock::client {

using Ids = std::vector<std::int64_t>;

struct CloseBatcher {
    void operator()(penstock_batcher* batcher) const { penstock_batcher_close(batcher); }
};

class BatcherStage {
  public:
    explicit BatcherStage(std::string_view config, std::size_t room = 64) : items(room) {
        penstock_batcher* opened = nullptr;
        EXPECT_EQ(penstock_batcher_open(config.data(), config.size(), &opened), 0)
            << penstock_error();
        batcher.reset(opened);
    }

    [[nodiscard]] int submit(std::int64_t id,
                             std::uint32_t prompt = 8,
                             std::uint32_t predicted = 8) const {
        const penstock_batch_request request{
            .size = sizeof(request), .id = id, .prompt = prompt, .predicted = predicted};
        return penstock_batcher_submit(batcher.get(), &request);
    }

    void submit_all(std::initializer_list<std::int64_t> ids) const {
        for (const std::int64_t id : ids) {
            ASSERT_EQ(submit(id), 0) << penstock_error();
        }
    }

    int ask(std::uint32_t device = 0, std::int64_t now_ns = 0) {
        batch = {};
        batch.size = sizeof(batch);
        batch.items = items.data();
        batch.capacity = static_cast<std::uint32_t>(items.size());
        return penstock_batcher_next(batcher.get(), device, now_ns, &batch);
    }

    // Those that run next.
    Ids next(std::uint32_t device = 0, std::int64_t now_ns = 0) {
        const int result = ask(device, now_ns);
        EXPECT_EQ(result, 0) << penstock_error();
        Ids ids;
        for (std::uint32_t place = 0; result == 0 && place < batch.running; ++place) {
            ids.push_back(items[place].id);
        }
        return ids;
    }

    [[nodiscard]] int complete(const Ids& ended = {},
                               std::uint32_t device = 0,
                               std::int64_t now_ns = 0) const {
        std::vector<penstock_batch_output> outputs;
        outputs.reserve(ended.size());
        for (const std::int64_t id : ended) {
            outputs.push_back({.id = id, .tokens = 8, .reserved = 0});
        }
        return penstock_batcher_completed(
            batcher.get(), device, now_ns, outputs.data(), outputs.size());
    }

    std::unique_ptr<penstock_batcher, CloseBatcher> batcher{};
    std::vector<penstock_batch_item> items;
    penstock_next_batch batch{};
};

}  // namespace penstock::client
