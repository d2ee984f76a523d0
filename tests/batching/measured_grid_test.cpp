// SPDX-License-Identifier: Apache-2.0
//
// A grid: which words a command gets, what is kept of what it says, and command lines for that.

#include "sim/batching/measured_grid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/batching/calibrate_words.h"

namespace penstock::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;

TEST(GridWords, are_appended_or_take_their_places) {
    EXPECT_THAT(words_for({"serve", "--fast"}, 8, 512), ElementsAre("serve", "--fast", "8", "512"));
    EXPECT_THAT(words_for({"serve", "-b{batch}", "{length}/{length}:{batch}"}, 8, 512),
                ElementsAre("serve", "-b8", "512/512:8"));
    EXPECT_THAT(words_for({"serve", "{}"}, 1, 2), ElementsAre("serve", "{}", "1", "2"));
}

TEST(GridPlan, measures_something_with_both_numbers) {
    EXPECT_TRUE(check({.command = {"serve"}}));
    EXPECT_TRUE(check({.command = {"serve", "{batch}x{length}"}}));
    EXPECT_THAT(check({.command = {"serve", "{batch}"}}).error().message(),
                HasSubstr("one of {batch} and {length} only"));
    EXPECT_FALSE(check({}));
    EXPECT_FALSE(check({.command = {""}}));
    EXPECT_FALSE(check({.batches = {}, .command = {"serve"}}));
    EXPECT_FALSE(check({.batches = std::vector<std::uint32_t>(1001, 1),
                        .lengths = std::vector<std::uint32_t>(1000, 1),
                        .repeats = 1,
                        .warm_ups = 0,
                        .command = {"serve"}}));
}

TEST(MeasuredGrid, keeps_the_median_and_leaves_warm_ups_out) {
    const GridPlan plan{
        .batches = {1, 2}, .lengths = {10}, .repeats = 4, .warm_ups = 1, .command = {"serve"}};
    const std::vector<double> seconds{100, 4, 1, 2, 9};
    std::size_t runs = 0;
    const auto measure = [&](const Words&) -> Result<double> {
        return seconds[runs++ % seconds.size()];
    };
    std::vector<std::size_t> told;
    const MeasuredGrid grid =
        measure_grid(plan, measure, [&](std::size_t done, std::size_t) { told.push_back(done); });
    ASSERT_TRUE(grid.done);
    ASSERT_EQ(grid.points.size(), 2U);
    EXPECT_EQ(grid.points[0].median_s, 3);
    EXPECT_EQ(grid.points[1].least_s, 1);
    EXPECT_EQ(grid.points[1].most_s, 9);
    EXPECT_EQ(told.size(), 10U);
    EXPECT_EQ(told.back(), 10U);
}

TEST(MeasuredGrid, names_the_point_that_failed_and_keeps_those_before) {
    const GridPlan plan{.batches = {1, 2}, .lengths = {10}, .command = {"serve"}};
    const auto measure = [](const Words& words) -> Result<double> {
        return words[1] == "1" ? Result<double>(1) : fail("it ended with status 3");
    };
    const MeasuredGrid grid = measure_grid(plan, measure, {});
    EXPECT_EQ(grid.points.size(), 1U);
    ASSERT_FALSE(grid.done);
    EXPECT_EQ(grid.done.error().message(),
              "serve, for 2 requests of 10 tokens: it ended with status 3");
}

TEST(MeasuredGrid, is_read_by_a_calibration) {
    const std::string text = grid_csv({{.requests = 2, .longest = 64, .median_s = 0.1},
                                       {.requests = 8, .longest = 512, .median_s = 1.0 / 3e5}});
    const auto grid = parse_grid("grid.csv", text);
    ASSERT_TRUE(grid) << grid.error().message();
    ASSERT_EQ(grid->size(), 2U);
    EXPECT_EQ((*grid)[1].requests, 8U);
    EXPECT_EQ((*grid)[1].seconds, 1.0 / 3e5) << "no digit is lost";
}

std::optional<CalibrateGrid> understood(Words words) {
    CLI::App app("test");
    CalibrateGridWords grid;
    grid.add_to(app);
    words.insert(words.begin(), "calibrate-grid");
    std::ranges::reverse(words);
    try {
        app.parse(std::move(words));
    } catch (const CLI::ParseError&) {
        return std::nullopt;
    }
    Result<CalibrateGrid> verb = grid.verb();
    return verb ? std::optional(std::move(*verb)) : std::nullopt;
}

TEST(CalibrateGridWords, have_the_command_behind_the_options) {
    const auto plain = understood({"g.csv", "--", "serve", "--fast", "-n", "{batch}", "{length}"});
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->grid, "g.csv");
    EXPECT_THAT(plain->plan.command, ElementsAre("serve", "--fast", "-n", "{batch}", "{length}"));
    EXPECT_EQ(plain->plan.repeats, 5U);
    const auto verb = understood({"g.csv",
                                  "--batches=1,16",
                                  "--lengths",
                                  "128",
                                  "--repeats=2",
                                  "--warm-ups=0",
                                  "--longest=0.5",
                                  "--timed",
                                  "--",
                                  "serve"});
    ASSERT_TRUE(verb);
    EXPECT_THAT(verb->plan.batches, ElementsAre(1U, 16U));
    EXPECT_THAT(verb->plan.lengths, ElementsAre(128U));
    EXPECT_EQ(verb->plan.limits.longest, std::chrono::milliseconds(500));
    EXPECT_TRUE(verb->plan.limits.timed);
    EXPECT_THAT(verb->plan.command, ElementsAre("serve"));
}

TEST(CalibrateGridWords, that_make_no_sense_are_refused) {
    EXPECT_FALSE(understood({"g.csv"}));
    EXPECT_FALSE(understood({"g.csv", "--batches=0", "--", "serve"}));
    EXPECT_FALSE(understood({"g.csv", "--batches=1,-2", "--", "serve"}));
    EXPECT_FALSE(understood({"g.csv", "--lengths=99999999999", "--", "serve"}));
    EXPECT_FALSE(understood({"g.csv", "--repeats=0", "--", "serve"}));
    EXPECT_FALSE(understood({"g.csv", "--longest=nan", "--", "serve"}));
    EXPECT_FALSE(understood({"g.csv", "--longest=0", "--", "serve"}));
    EXPECT_FALSE(understood({"g.csv", "--", "serve", "{batch}"}));
}

}  // namespace
}  // namespace penstock::sim
