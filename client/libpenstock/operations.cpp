// SPDX-License-Identifier: Apache-2.0
//
// Heavy operations: what they took, and how long they wait while the board asks for it.

#include <time.h>  // NOLINT(modernize-deprecated-headers): clock_nanosleep() is POSIX.

#include <array>
#include <cerrno>

#include "base/clock.h"
#include "client/libpenstock/client.h"
#include "client/libpenstock/include/penstock/penstock.h"

namespace {

using penstock::BytesPerSecond;
using penstock::Duration;
using penstock::from_ns;
using penstock::TimePoint;
using penstock::client::failed;
using penstock::client::OperationLog;

static_assert(PENSTOCK_OP_CLASSES == penstock::client::operation_classes);

constexpr std::array<const char*, PENSTOCK_OP_CLASSES> names{"attention_qkv_proj",
                                                             "attention_output_proj",
                                                             "expert_ffn",
                                                             "large_matmul",
                                                             "attention_scores",
                                                             nullptr,
                                                             nullptr,
                                                             nullptr,
                                                             "user_0",
                                                             "user_1",
                                                             "user_2",
                                                             "user_3",
                                                             "user_4",
                                                             "user_5",
                                                             "user_6",
                                                             "user_7"};

bool is_class(std::uint32_t op_class) {
    return op_class < names.size() && names[op_class] != nullptr;
}

void sleep_until(TimePoint when) {
    constexpr std::int64_t second = 1'000'000'000;
    const std::int64_t ns = penstock::to_ns(when);
    const timespec until{.tv_sec = ns / second, .tv_nsec = ns % second};
    while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
    }
}

// By the busiest of the nodes that count: what is let through, and what the node could move.
penstock::Launch launch_of(const penstock_client& client,
                           const OperationLog& log,
                           std::uint64_t bytes) {
    penstock_board_node node{};
    const bool known = client.view.busiest(client.node, node);
    const OperationLog::Figures past = log.figures();
    const auto rate = [&](std::uint64_t told) {
        return BytesPerSecond{known && told != UINT64_MAX ? told : 0};
    };
    return {.bytes = bytes,
            .usual_time = past.mean,
            .own_time = past.total,
            .waited = past.waited,
            .granted = rate(node.spare_bytes_per_second),
            .peak = rate(node.peak_bytes_per_second)};
}

// Several threads may take from the credit at once: each sees what the one before has left.
Duration take_credit(penstock_client& client, const penstock::Launch& launch, TimePoint now) {
    std::int64_t before = client.spent_until_ns.load(std::memory_order_relaxed);
    while (true) {
        const penstock::PacedLaunch paced =
            penstock::pace({.spent_until = from_ns(before)}, launch, now);
        if (client.spent_until_ns.compare_exchange_weak(
                before, penstock::to_ns(paced.after.spent_until), std::memory_order_relaxed)) {
            return paced.delay;
        }
    }
}

std::uint64_t wait_for_turn(penstock_client& client, std::uint32_t op_class, std::uint64_t bytes) {
    OperationLog& log = client.operations[op_class];
    const TimePoint now = penstock::monotonic_now();
    const Duration delay = take_credit(client, launch_of(client, log, bytes), now);
    if (delay <= Duration::zero()) {
        return 0;
    }
    sleep_until(now + delay);
    const Duration waited = penstock::monotonic_now() - now;
    log.waited(waited);
    return static_cast<std::uint64_t>(waited.count());
}

}  // namespace

void penstock_op_begin(penstock_client* client,
                       std::uint32_t op_class,
                       std::uint64_t bytes,
                       penstock_op* op) {
    if (op == nullptr) {
        return;
    }
    *op = {.began = 0, .waited_ns = 0, .op_class = op_class, .reserved = 0};
    if (client == nullptr || !is_class(op_class)) {
        return;
    }
    const bool paced = bytes >= penstock::LaunchPacing::heavy_bytes && !client->critical &&
                       client->view.level(client->node) >= PENSTOCK_THROTTLE_DELAY_LAUNCH;
    if (paced) {
        op->waited_ns = wait_for_turn(*client, op_class, bytes);
    }
    op->began = penstock::client::ticks_now();
}

void penstock_op_end(penstock_client* client, penstock_op* op) {
    if (client == nullptr || op == nullptr || op->began == 0 || !is_class(op->op_class)) {
        return;
    }
    client->operations[op->op_class].ended(penstock::client::ticks_now() - op->began);
    op->began = 0;  // An end that comes twice counts once.
}

int penstock_op_stats(const penstock_client* client,
                      std::uint32_t op_class,
                      penstock_op_figures* stats) {
    if (client == nullptr || stats == nullptr || !is_class(op_class)) {
        return failed(EINVAL, "there is no client, no such class, or no place for the figures");
    }
    const OperationLog::Figures past = client->operations[op_class].figures();
    const penstock_op_figures told{.size = stats->size,
                                   .count = past.count,
                                   .mean_ns = static_cast<std::uint64_t>(past.mean.count()),
                                   .p99_ns = static_cast<std::uint64_t>(past.p99.count()),
                                   .waits = past.waits,
                                   .waited_ns = static_cast<std::uint64_t>(past.waited.count())};
    return penstock::client::copy_sized(stats, sizeof(told), &told, stats->size)
               ? 0
               : failed(EINVAL, "the place for the figures does not say its size");
}

const char* penstock_op_name(std::uint32_t op_class) {
    return is_class(op_class) ? names[op_class] : nullptr;
}
