// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/history_view.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "client/ctl/figures.h"
#include "client/ctl/table.h"

namespace penstock::ctl {
namespace {

using nlohmann::json;

constexpr std::size_t longest_string = 256;

std::string text(const json& value) {
    return printable(value.get_ref<const std::string&>(), longest_string);
}

bool is_point(const json& row) {
    return row.is_array() && row.size() == 4 && std::ranges::all_of(row, &json::is_number);
}

bool is_series(const json& row) {
    return row.is_array() && row.size() == 3 && std::ranges::all_of(row, &json::is_string);
}

std::string clock_text(double time) {
    return fmt::format("{:%H:%M:%S}", fmt::localtime(static_cast<std::time_t>(std::floor(time))));
}

}  // namespace

std::vector<SeriesView> series_from(const json& rows) {
    std::vector<SeriesView> series;
    for (const json& row : rows.is_array() ? rows : json::array()) {
        if (is_series(row)) {
            series.push_back({.name = text(row[0]), .unit = text(row[1]), .meaning = text(row[2])});
        }
    }
    return series;
}

std::string series_text(const std::vector<SeriesView>& series, std::uint64_t left_out) {
    std::vector<std::vector<std::string>> rows;
    rows.reserve(series.size());
    for (const SeriesView& each : series) {
        rows.push_back({each.name, each.unit, each.meaning});
    }
    std::string text =
        table_text({{.heading = "SERIES"}, {.heading = "UNIT"}, {.heading = "MEANING"}}, rows);
    if (left_out != 0) {
        text +=
            fmt::format("{} more figures have no history, because there are too many\n", left_out);
    }
    return text;
}

json series_json(const std::vector<SeriesView>& series, std::uint64_t left_out) {
    json rows = json::array();
    for (const SeriesView& each : series) {
        rows.push_back({{"name", each.name}, {"unit", each.unit}, {"meaning", each.meaning}});
    }
    return {{"series", std::move(rows)}, {"left_out", left_out}};
}

std::vector<PointView> points_from(const json& rows, double epoch) {
    std::vector<PointView> points;
    for (const json& row : rows.is_array() ? rows : json::array()) {
        if (is_point(row)) {
            points.push_back({.time = epoch + (row[0].get<double>() / 1e6),
                              .least = row[1].get<double>(),
                              .mean = row[2].get<double>(),
                              .most = row[3].get<double>()});
        }
    }
    return points;
}

std::string value_text(double value, std::string_view unit) {
    if ((unit == "B/s" || unit == "B") && value >= 0 && value < 1e18) {
        const std::string rate = rate_text(static_cast<std::uint64_t>(std::llround(value)));
        return unit == "B" ? rate.substr(0, rate.size() - std::string_view("/s").size()) : rate;
    }
    return unit == "1" ? fmt::format("{:.2f}", value) : fmt::format("{:.1f} {}", value, unit);
}

std::string history_text(const SeriesView& series, const std::vector<PointView>& points) {
    if (points.empty()) {
        return fmt::format("{} had no value in this time\n", series.name);
    }
    std::vector<std::vector<std::string>> rows;
    rows.reserve(points.size());
    for (const PointView& point : points) {
        rows.push_back({clock_text(point.time),
                        value_text(point.least, series.unit),
                        value_text(point.mean, series.unit),
                        value_text(point.most, series.unit)});
    }
    return table_text({{.heading = "TIME"},
                       {.heading = "MIN", .number = true},
                       {.heading = "AVG", .number = true},
                       {.heading = "MAX", .number = true}},
                      rows);
}

json history_json(const SeriesView& series, const std::vector<PointView>& points) {
    json rows = json::array();
    for (const PointView& point : points) {
        rows.push_back(
            {{"time", point.time}, {"min", point.least}, {"avg", point.mean}, {"max", point.most}});
    }
    return {{"series", series.name}, {"unit", series.unit}, {"points", std::move(rows)}};
}

}  // namespace penstock::ctl
