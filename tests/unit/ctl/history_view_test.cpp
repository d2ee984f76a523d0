// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/history_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace penstock::ctl {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;

const SeriesView reads{.name = "memory/0/read", .unit = "B/s", .meaning = "what is read"};

TEST(SeriesView, takes_rows_and_nothing_else) {
    const json rows = json::parse(R"([["a", "W", "power"], ["b", "W"], "c", [1, 2, 3], null,
                                      ["d\u0007", "1", "share"]])");
    const std::vector<SeriesView> series = series_from(rows);
    ASSERT_EQ(series.size(), 2U);
    EXPECT_EQ(series[0].unit, "W");
    EXPECT_EQ(series[1].name, "d?");
    EXPECT_TRUE(series_from(json()).empty());
    EXPECT_TRUE(series_from(json("memory")).empty());
}

TEST(SeriesView, is_a_table) {
    EXPECT_EQ(series_text({reads}, 0),
              "SERIES         UNIT  MEANING\n"
              "memory/0/read  B/s   what is read\n");
    EXPECT_THAT(series_text({reads}, 3),
                EndsWith("3 more figures have no history, because there are too many\n"));
    EXPECT_EQ(series_json({reads}, 3),
              json::parse(R"({"left_out": 3, "series": [{"name": "memory/0/read", "unit": "B/s",
                                                         "meaning": "what is read"}]})"));
}

TEST(HistoryView, takes_points_and_nothing_else) {
    const json rows = json::parse(R"([[2000000, 1, 2.5, 4], [3000000, 1, 2], "x", null])");
    const std::vector<PointView> points = points_from(rows, 1'700'000'000);
    ASSERT_EQ(points.size(), 1U);
    EXPECT_EQ(points[0].time, 1'700'000'002);
    EXPECT_EQ(points[0].mean, 2.5);
    EXPECT_TRUE(points_from(json(), 0).empty());
}

TEST(HistoryView, is_a_line_per_point) {
    const std::vector<PointView> points{
        {.time = 1'700'000'000, .least = 1e9, .mean = 2e9, .most = 20e9},
        {.time = 1'700'000'001, .least = 0, .mean = 0, .most = 0}};
    const std::string text = history_text(reads, points);
    EXPECT_THAT(text, HasSubstr("  1.00 GB/s  2.00 GB/s  20.0 GB/s\n"));
    EXPECT_THAT(text, EndsWith("      0 B/s      0 B/s      0 B/s\n"));
    EXPECT_EQ(history_text(reads, {}), "memory/0/read had no value in this time\n");
}

TEST(HistoryView, is_an_object_in_si_units) {
    EXPECT_EQ(history_json(reads, {{.time = 1.5, .least = 1, .mean = 2, .most = 3}}),
              json::parse(R"({"series": "memory/0/read", "unit": "B/s",
                              "points": [{"time": 1.5, "min": 1.0, "avg": 2.0, "max": 3.0}]})"));
}

TEST(HistoryView, spells_values_with_their_unit) {
    EXPECT_EQ(value_text(20e9, "B/s"), "20.0 GB/s");
    EXPECT_EQ(value_text(4096, "B"), "4.10 kB");
    EXPECT_EQ(value_text(0, "B"), "0 B");
    EXPECT_EQ(value_text(41.52, "W"), "41.5 W");
    EXPECT_EQ(value_text(-3, "degC"), "-3.0 degC");
    EXPECT_EQ(value_text(0.254, "1"), "0.25");
    EXPECT_EQ(value_text(-1, "B/s"), "-1.0 B/s") << "another agent may say anything";
}

}  // namespace
}  // namespace penstock::ctl
