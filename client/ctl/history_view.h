// SPDX-License-Identifier: Apache-2.0
//
// History view: the agent's series and their points as penstockctl reads and prints them.

#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::ctl {

struct SeriesView {
    std::string name{};
    std::string unit{};
    std::string meaning{};
};

// `rows` is the value of Manager.HistorySeries; what is no row of it is left out.
[[nodiscard]] std::vector<SeriesView> series_from(const nlohmann::json& rows);

// `left_out` more have no history.
[[nodiscard]] std::string series_text(const std::vector<SeriesView>& series,
                                      std::uint64_t left_out);
[[nodiscard]] nlohmann::json series_json(const std::vector<SeriesView>& series,
                                         std::uint64_t left_out);

struct PointView {
    double time = 0;  // When its period began, in seconds since 1970, UTC.
    double least = 0;
    double mean = 0;
    double most = 0;
};

// `rows` is what Manager.GetHistory answers. The agent's clock was at 0 at `epoch`, in seconds
// since 1970.
[[nodiscard]] std::vector<PointView> points_from(const nlohmann::json& rows, double epoch);

// "20.0 GB/s", "41.5 W", "0.25".
[[nodiscard]] std::string value_text(double value, std::string_view unit);

// A line per point, with the time of day.
[[nodiscard]] std::string history_text(const SeriesView& series,
                                       const std::vector<PointView>& points);
[[nodiscard]] nlohmann::json history_json(const SeriesView& series,
                                          const std::vector<PointView>& points);

}  // namespace penstock::ctl
