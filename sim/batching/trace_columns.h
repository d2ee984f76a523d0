// SPDX-License-Identifier: Apache-2.0
//
// Trace columns: which kinds of traces there are, and what their columns are called.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sim/batching/csv_rows.h"

namespace penstock::sim {

enum class ArrivalForm : std::uint8_t { microseconds, milliseconds, seconds, date };

struct TraceKind {
    std::string_view name{};
    std::string_view id{};  // Where there is none, rows are counted from 0.
    std::string_view arrival{};
    std::string_view prompt{};
    std::string_view output{};
    std::string_view predicted{};  // May be missing, or be called nothing.
    ArrivalForm form = ArrivalForm::microseconds;
    bool zero_output_failed = false;
};

[[nodiscard]] std::span<const TraceKind> trace_kinds();

// Where the columns of a kind are in a file.
struct TraceColumns {
    TraceKind kind{};
    std::optional<std::size_t> id{};
    std::size_t arrival = 0;
    std::size_t prompt = 0;
    std::size_t output = 0;
    std::optional<std::size_t> predicted{};
};

// The kind all of whose columns there are; else which ones are missing of the kind that is nearest.
[[nodiscard]] Result<TraceColumns> columns_of(const CsvRows& rows);

// Microseconds since some time.
[[nodiscard]] std::optional<std::int64_t> parse_arrival(std::string_view text, ArrivalForm form);

}  // namespace penstock::sim
