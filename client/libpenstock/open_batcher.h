// SPDX-License-Identifier: Apache-2.0
//
// Batcher: what a penstock_batcher is made of: a desk, and how much of a usual batch it may give.

#pragma once

#include <atomic>
#include <memory>

#include "client/libpenstock/batch_desk.h"
#include "client/libpenstock/client.h"

// NOLINTNEXTLINE(readability-identifier-naming): as C programs know it.
struct penstock_batcher {
    penstock_batcher(std::unique_ptr<penstock::client::BatchDesk> made, std::uint32_t at_most)
        : desk(std::move(made)), most(at_most) {}

    std::unique_ptr<penstock::client::BatchDesk> desk;
    std::uint32_t most;  // With a whole scale.
    penstock::batching::BatchScale set{};
    const penstock_client* followed = nullptr;
    std::atomic_flag occupied{};  // A thread is inside.
};
