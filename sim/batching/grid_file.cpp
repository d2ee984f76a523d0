// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "policies/batching/batching_settings.h"
#include "policies/batching/request.h"
#include "sim/batching/calibration.h"
#include "sim/batching/csv_rows.h"
#include "sim/whole_file.h"

namespace penstock::sim {
namespace {

constexpr std::size_t most_bytes = std::size_t{16} << 20U;
constexpr double most_seconds = 1e6;
constexpr std::array<std::string_view, 3> names{"batch_size", "max_seq_len", "mean_latency_sec"};

using Fields = std::span<const std::string_view>;

struct GridColumns {
    std::array<std::size_t, names.size()> places{};

    [[nodiscard]] std::string_view of(Fields fields, std::size_t number) const {
        return trimmed(fields[places[number]]);
    }
};

Result<GridColumns> find_columns(const CsvRows& rows) {
    GridColumns columns;
    for (std::size_t number = 0; number < names.size(); ++number) {
        const auto place = rows.column(names[number]);
        if (!place) {
            return fail(fmt::format("{}no column {}", rows.place(), names[number]));
        }
        columns.places[number] = *place;
    }
    return columns;
}

Result<std::uint32_t> read_count(std::string_view text, std::uint32_t most) {
    const auto number = parse_number<std::uint32_t>(text);
    if (!number || *number < 1 || *number > most) {
        return fail(fmt::format("{}: no whole number from 1 to {}", printable(text), most));
    }
    return *number;
}

Result<GridPoint> read_point(const GridColumns& columns, Fields fields) {
    const auto requests = read_count(columns.of(fields, 0), batching::largest_batch);
    if (!requests) {
        return fail(requests.error(), names[0]);
    }
    const auto longest = read_count(columns.of(fields, 1), 2 * batching::most_tokens);
    if (!longest) {
        return fail(longest.error(), names[1]);
    }
    const auto seconds = parse_seconds(columns.of(fields, 2));
    if (!seconds) {
        return fail(seconds.error(), names[2]);
    }
    return GridPoint{.requests = *requests, .longest = *longest, .seconds = *seconds};
}

}  // namespace

// Also "nan" and "inf" are numbers to from_chars, but none that a batch can take.
Result<double> parse_seconds(std::string_view text) {
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool possible = seconds > 0 && seconds <= most_seconds;  // As "nan" is not.
    if (error != std::errc() || end != text.data() + text.size() || !possible) {
        return fail(fmt::format(
            "{}: no number of seconds above 0 and up to {:g}", printable(text), most_seconds));
    }
    return seconds;
}

Result<std::vector<GridPoint>> parse_grid(const std::string& file, std::string_view text) {
    Result<CsvRows> rows = CsvRows::open(file, text);
    if (!rows) {
        return std::unexpected(std::move(rows).error());
    }
    const Result<GridColumns> columns = find_columns(*rows);
    if (!columns) {
        return std::unexpected(columns.error());
    }
    std::vector<GridPoint> points;
    while (true) {
        const auto fields = rows->next();
        if (!fields) {
            return std::unexpected(fields.error());
        }
        const std::optional<Fields> there = *fields;
        if (!there) {
            break;
        }
        const Result<GridPoint> point = read_point(*columns, *there);
        if (!point) {
            return fail(rows->place() + point.error().message());
        }
        points.push_back(*point);
    }
    if (points.empty()) {
        return fail(rows->place() + "no measurement follows");
    }
    return points;
}

Result<Calibration> calibrate_from(const std::string& file, batching::ServiceTime::Kind kind) {
    const Result<std::string> text = read_whole(file, most_bytes);
    if (!text) {
        return std::unexpected(text.error());
    }
    const Result<std::vector<GridPoint>> points = parse_grid(file, *text);
    if (!points) {
        return std::unexpected(points.error());
    }
    Result<Calibration> calibration = calibrate(*points, kind);
    return calibration ? std::move(calibration) : fail(file + ": " + calibration.error().message());
}

}  // namespace penstock::sim
