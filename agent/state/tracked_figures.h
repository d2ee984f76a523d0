// SPDX-License-Identifier: Apache-2.0
//
// Tracked figures: those of the snapshot that a history is kept of, and what they are called.

#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/state/quantity.h"
#include "policies/snapshot.h"

namespace penstock {

struct TrackedFigure {
    Place place{};
    std::uint8_t row = 0;  // In the table of its kind of place.
    auto operator<=>(const TrackedFigure&) const = default;
};

struct TrackedValue {
    TrackedFigure figure{};
    double value = 0;
};

// What a snapshot has of queues, counted; with their owner or by themselves they are suspended.
struct QueueCounts {
    std::uint32_t all = 0;
    std::uint32_t suspended = 0;
};

// Those that have a value, in their order where the snapshot has its own. Unknown is left out.
void read_tracked(const Snapshot& seen, const QueueCounts& queues, std::vector<TrackedValue>& into);

// "memory/0/read", "gpu/51432/busy", "queues-suspended".
[[nodiscard]] std::string name_of(const TrackedFigure& figure);

struct TrackedWords {
    std::string_view name;      // Below its place.
    std::string_view unit;      // As DecodedField has it: "B/s", "B", "W", "degC", "1".
    std::string_view sentence;  // What it is.
};

[[nodiscard]] const TrackedWords& words_of(const TrackedFigure& figure);

}  // namespace penstock
