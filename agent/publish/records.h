// SPDX-License-Identifier: Apache-2.0
//
// Records: lines of streams in the format "protobuf", as dbus/metrics.proto has them.
//
// A record is made from the line of JSON that stands for the same: so both formats say the same,
// whatever is added to one of them. Each has its length before it, as a varint.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/state/hour_ring.h"

namespace penstock::dbus {

enum class StreamFormat : std::uint8_t { jsonl, protobuf };

[[nodiscard]] std::optional<StreamFormat> stream_format(std::string_view name);

// What to say of a name that is none.
[[nodiscard]] std::string no_stream_format(std::string_view name);

// Of metrics_line() and dropped_line(). "" of a line that no field stands for, which is a bug.
[[nodiscard]] std::string metrics_record(const std::string& line);

// In place of the lines that were dropped.
[[nodiscard]] std::string dropped_record(std::uint64_t records);

// The first one of a history.
struct HistoryStart {
    std::uint64_t monotonic_usec = 0;
    double realtime_seconds = 0;
    std::uint64_t step_usec = 0;
};

inline constexpr std::string_view history_format = "penstock-history-1";

[[nodiscard]] std::string history_record(const HistoryStart& start);

struct SeriesPiece {
    std::string series{};
    std::string_view unit{};
    std::vector<HourRing::Point> points{};
};

[[nodiscard]] std::string history_record(const SeriesPiece& piece);

// Of a point's beginning.
[[nodiscard]] std::uint64_t usec_of(const HourRing::Point& point);

}  // namespace penstock::dbus
