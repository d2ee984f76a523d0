// SPDX-License-Identifier: Apache-2.0
//
// Boards for tests of those who read them, written by the agent's own code.

#pragma once

#include "agent/publish/board_page.h"
#include "base/clock.h"

namespace penstock::test {

// Of 40 GB/s, of which 36 are used.
inline MemoryNode busy_node(std::uint32_t number, ThrottleLevel level, double batch_scale) {
    MemoryNode node{.number = number};
    node.total = {.value = BytesPerSecond{36'000'000'000}};
    node.peak = {.value = BytesPerSecond{40'000'000'000}};
    node.throttle = {.level = level, .utilization = 0.9, .batch_scale = batch_scale};
    return node;
}

inline dbus::BoardPage page() {
    return dbus::BoardPage::make(Fd(), monotonic_now()).value();
}

// For longer than any test lasts.
inline void write(dbus::BoardPage& board, std::vector<MemoryNode> nodes) {
    Snapshot seen;
    seen.now = monotonic_now();
    seen.memory = std::move(nodes);
    board.write(seen, std::chrono::hours(1));
}

}  // namespace penstock::test
