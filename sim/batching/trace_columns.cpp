// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/trace_columns.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/text.h"
#include "sim/batching/date_text.h"

namespace penstock::sim {
namespace {

constexpr std::array<TraceKind, 4> kinds{{
    {.name = "Penstock's",
     .id = "id",
     .arrival = "arrival_us",
     .prompt = "prompt_tokens",
     .output = "output_tokens",
     .predicted = "predicted_output_tokens"},
    {.name = "Azure's",
     .arrival = "TIMESTAMP",
     .prompt = "ContextTokens",
     .output = "GeneratedTokens",
     .form = ArrivalForm::date},
    {.name = "BurstGPT's",
     .arrival = "Timestamp",
     .prompt = "Request tokens",
     .output = "Response tokens",
     .form = ArrivalForm::seconds,
     .zero_output_failed = true},
    {.name = "Mooncake's",
     .arrival = "timestamp_ms",
     .prompt = "input_length",
     .output = "output_length",
     .form = ArrivalForm::milliseconds},
}};

std::vector<std::string_view> needed(const TraceKind& kind) {
    std::vector<std::string_view> names{kind.arrival, kind.prompt, kind.output};
    if (!kind.id.empty()) {
        names.insert(names.begin(), kind.id);
    }
    return names;
}

std::vector<std::string_view> missing(const TraceKind& kind, const CsvRows& rows) {
    std::vector<std::string_view> names = needed(kind);
    std::erase_if(names, [&](std::string_view name) { return rows.column(name).has_value(); });
    return names;
}

std::optional<std::int64_t> multiple(std::string_view text, std::int64_t factor) {
    const auto number = parse_number<std::int64_t>(text);
    std::int64_t product = 0;
    if (!number || __builtin_mul_overflow(*number, factor, &product)) {
        return std::nullopt;
    }
    return product;
}

// Seconds with or without a fraction.
std::optional<std::int64_t> parse_seconds(std::string_view text) {
    constexpr double us_per_s = 1e6;
    constexpr double most_seconds = 1e12;
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size() ||
        !(std::abs(seconds) <= most_seconds)) {
        return std::nullopt;
    }
    return std::llround(seconds * us_per_s);
}

// Of which most columns are there; ours, where a file has none of anybody's.
const TraceKind& nearest_kind(const CsvRows& rows) {
    const TraceKind* nearest = kinds.data();
    std::size_t most = 0;
    for (const TraceKind& kind : kinds) {
        const std::size_t lacking = missing(kind, rows).size();
        const std::size_t there = needed(kind).size() - lacking;
        if (lacking == 0) {
            return kind;
        }
        if (there > most) {
            nearest = &kind;
            most = there;
        }
    }
    return *nearest;
}

}  // namespace

std::span<const TraceKind> trace_kinds() {
    return kinds;
}

Result<TraceColumns> columns_of(const CsvRows& rows) {
    const TraceKind* nearest = &nearest_kind(rows);
    if (!missing(*nearest, rows).empty()) {
        std::string sentence = rows.place() + "no column ";
        for (const std::string_view name : missing(*nearest, rows)) {
            sentence += std::string(name) + ", ";
        }
        sentence += "which ";
        sentence += nearest->name;
        return fail(sentence + " traces have");
    }
    const auto optional_column = [&](std::string_view name) {
        return name.empty() ? std::nullopt : rows.column(name);
    };
    // All of these are there.
    return TraceColumns{.kind = *nearest,
                        .id = optional_column(nearest->id),
                        .arrival = rows.column(nearest->arrival).value_or(0),
                        .prompt = rows.column(nearest->prompt).value_or(0),
                        .output = rows.column(nearest->output).value_or(0),
                        .predicted = optional_column(nearest->predicted)};
}

std::optional<std::int64_t> parse_arrival(std::string_view text, ArrivalForm form) {
    constexpr std::int64_t us_per_ms = 1000;
    switch (form) {
        case ArrivalForm::microseconds:
            return parse_number<std::int64_t>(text);
        case ArrivalForm::milliseconds:
            return multiple(text, us_per_ms);
        case ArrivalForm::seconds:
            return parse_seconds(text);
        case ArrivalForm::date:
            return parse_date(text);
    }
    return std::nullopt;  // Not one of the enumerators.
}

}  // namespace penstock::sim
