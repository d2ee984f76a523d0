// SPDX-License-Identifier: Apache-2.0
//
// Client: what is behind a penstock_client, and how the functions of the C interface fail.

#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "client/libpenstock/board_keeper.h"
#include "client/libpenstock/board_view.h"
#include "client/libpenstock/hint_view.h"
#include "client/libpenstock/lease.h"
#include "client/libpenstock/operation_log.h"
#include "policies/device_advice.h"
#include "policies/launch_pacing.h"

namespace penstock::client {

inline constexpr std::size_t operation_classes = 16;

// Counts the forks that lie between the first process and this one.
[[nodiscard]] unsigned forks();

// Counts the forks of this process; a child that executes a program at once is none.
[[nodiscard]] unsigned children();

// Notes the sentence for penstock_error(), and returns -code.
int failed(int code, const char* why);
int failed(const Error& error);

// What a program gave of a structure that may have been shorter, or longer, when it was compiled.
// False where it is not even as long as its size.
bool copy_sized(void* into, std::size_t known, const void* from, std::size_t given);

}  // namespace penstock::client

// NOLINTNEXTLINE(readability-identifier-naming): as C programs know it.
struct penstock_client {
    penstock_client(penstock::client::BoardView board,
                    std::unique_ptr<penstock::client::HintView> page)
        : view(std::move(board)), hints(std::move(page)) {}

    [[nodiscard]] bool is_forked() const { return forked_at != penstock::client::forks(); }

    penstock::client::BoardView view;
    std::unique_ptr<penstock::client::HintView> hints;
    std::unique_ptr<penstock::client::BoardKeeper> keeper{};  // Ends before the views do.
    std::string address{};
    std::int32_t node = -1;  // Negative: all of them.
    bool critical = false;
    unsigned forked_at = penstock::client::forks();
    std::array<penstock::client::OperationLog, penstock::client::operation_classes> operations{};
    // PacingState, in nanoseconds: launches of several threads share one credit.
    std::atomic<std::int64_t> spent_until_ns{};
    penstock::client::LeaseBuses lease_buses{};
    std::mutex advice_mutex{};
    penstock::DeviceAdviser adviser{};
};
