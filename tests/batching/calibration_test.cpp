// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/batching/least_squares.h"
#include "tests/batching/stage.h"

namespace penstock::sim {
namespace {

using batching::ServiceTime;
using Kind = batching::ServiceTime::Kind;
using testing::HasSubstr;

std::vector<GridPoint> grid_of(const ServiceTime& service) {
    std::vector<GridPoint> points;
    for (const std::uint32_t requests : {1U, 2U, 4U, 8U, 16U}) {
        for (const std::uint32_t longest : {128U, 512U, 2048U}) {
            points.push_back({.requests = requests,
                              .longest = longest,
                              .seconds = service.batch_seconds(requests, longest)});
        }
    }
    return points;
}

TEST(Calibration, finds_the_coefficients_that_made_the_grid) {
    const Result<Calibration> found =
        calibrate(grid_of({.alpha = 0.015, .beta = 3e-4, .gamma = 0.4}), Kind::seed);
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_NEAR(found->service.alpha, 0.015, 1e-12);
    EXPECT_NEAR(found->service.beta, 3e-4, 1e-14);
    EXPECT_NEAR(found->service.gamma, 0.4, 1e-10);
    EXPECT_NEAR(found->r_squared, 1, 1e-12);
    EXPECT_LT(found->root_mean_square_s, 1e-12);
    EXPECT_EQ(found->range.fewest, 1U);
    EXPECT_EQ(found->range.most, 16U);
    EXPECT_EQ(found->range.shortest, 128U);
    EXPECT_EQ(found->range.longest, 2048U);
}

TEST(Calibration, finds_those_of_the_linear_kind) {
    const Result<Calibration> found = calibrate(
        grid_of({.kind = Kind::linear, .alpha = 0.03, .beta = 2e-4, .beta_b = 4e-6}), Kind::linear);
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_NEAR(found->service.alpha, 0.03, 1e-12);
    EXPECT_NEAR(found->service.beta, 2e-4, 1e-14);
    EXPECT_NEAR(found->service.beta_b, 4e-6, 1e-15);
}

TEST(Calibration, says_how_badly_another_law_fits) {
    const Result<Calibration> found = calibrate(
        grid_of({.kind = Kind::linear, .alpha = 0.03, .beta = 2e-4, .beta_b = 1e-4}), Kind::seed);
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_LT(found->r_squared, 0.95);
    EXPECT_GT(found->root_mean_square_s, 0.01);
}

TEST(Calibration, leaves_residuals_that_add_up_to_nothing) {
    std::vector<GridPoint> points = grid_of({.alpha = 0.1, .beta = 3e-4, .gamma = 0.4});
    Dice dice(3);
    for (GridPoint& point : points) {
        point.seconds *= dice.between(90, 110) / 100.0;
    }
    const Result<Calibration> found = calibrate(points, Kind::seed);
    ASSERT_TRUE(found) << found.error().message();
    double sum = 0;
    double along = 0;
    for (std::size_t place = 0; place < points.size(); ++place) {
        sum += found->residuals_s[place];
        along += found->residuals_s[place] * points[place].longest;
    }
    EXPECT_NEAR(sum, 0, 1e-10);
    EXPECT_NEAR(along, 0, 1e-6) << "what is left is orthogonal to each column";
    EXPECT_GT(found->r_squared, 0.9);
}

TEST(Calibration, refuses_points_that_do_not_determine_it) {
    for (const std::vector<GridPoint>& points : std::initializer_list<std::vector<GridPoint>>{
             {{1, 100, 0.1}},
             {{1, 100, 0.1}, {2, 200, 0.2}},
             {{1, 100, 0.1}, {1, 200, 0.2}, {1, 300, 0.3}, {1, 400, 0.4}},
             {{2, 100, 0.1}, {2, 200, 0.2}, {2, 300, 0.3}},
             {{1, 100, 0.1}, {2, 100, 0.2}, {4, 100, 0.3}, {8, 100, 0.4}}}) {
        const Result<Calibration> found = calibrate(points, Kind::seed);
        ASSERT_FALSE(found);
        EXPECT_THAT(found.error().message(), HasSubstr("do not determine"));
    }
}

TEST(Calibration, refuses_coefficients_that_no_device_can_have) {
    // The longer, the faster.
    const Result<Calibration> found = calibrate(
        {{1, 100, 4}, {1, 200, 3}, {2, 100, 3.9}, {2, 200, 2.8}, {4, 400, 0.5}}, Kind::seed);
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().message(), HasSubstr("no device can have"));
}

TEST(Calibration, is_told_as_a_latency_that_a_configuration_takes) {
    const Result<Calibration> found =
        calibrate(grid_of({.alpha = 0.015, .beta = 3e-4, .gamma = 0.4}), Kind::seed);
    ASSERT_TRUE(found);
    const auto told = nlohmann::json::parse(calibration_json(*found));
    EXPECT_EQ(told["points"], 15);
    EXPECT_EQ(told["residuals_s"].size(), 15U);
    const nlohmann::json config{{"mode", "static_fifo"}, {"latency", told["latency"]}};
    const Result<BatchingConfig> made = make_config(values_of(config.dump()));
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_EQ(made->service.gamma, found->service.gamma) << "to the last bit";
}

std::string complaint(std::string_view text) {
    const auto points = parse_grid("g.csv", text);
    EXPECT_FALSE(points);
    return points ? "" : points.error().message();
}

TEST(GridFile, is_read_by_the_names_of_its_columns) {
    const auto points = parse_grid(
        "g.csv", "std,max_seq_len,batch_size,mean_latency_sec\n0,128,2,0.5\n0,256,4,1e-1\n");
    ASSERT_TRUE(points) << points.error().message();
    ASSERT_EQ(points->size(), 2U);
    EXPECT_EQ((*points)[0].requests, 2U);
    EXPECT_EQ((*points)[0].longest, 128U);
    EXPECT_EQ((*points)[1].seconds, 0.1);
}

TEST(GridFile, is_refused_where_it_makes_no_sense) {
    constexpr std::string_view header = "batch_size,max_seq_len,mean_latency_sec\n";
    EXPECT_EQ(complaint("batch_size,mean_latency_sec\n"), "g.csv:1: no column max_seq_len");
    EXPECT_THAT(complaint(header), HasSubstr("g.csv:1: no measurement follows"));
    EXPECT_THAT(complaint(""), HasSubstr("g.csv:1: the file is empty"));
    for (const auto& [row, column] : std::initializer_list<std::pair<const char*, const char*>>{
             {"0,1,1", "batch_size"},
             {"-1,1,1", "batch_size"},
             {"1,0,1", "max_seq_len"},
             {"1,x,1", "max_seq_len"},
             {"1,1,nan", "mean_latency_sec"},
             {"1,1,inf", "mean_latency_sec"},
             {"1,1,0", "mean_latency_sec"},
             {"1,1,-2", "mean_latency_sec"},
             {"1,1,", "mean_latency_sec"},
             {"1,1,2s", "mean_latency_sec"}}) {
        EXPECT_THAT(complaint(std::string(header) + "1,1,1\n" + row + "\n"),
                    HasSubstr(fmt::format("g.csv:3: {}: ", column)))
            << row;
    }
}

TEST(GridFile, is_named_by_whoever_can_not_use_it) {
    const auto absent = calibrate_from("/nonexistent/g.csv", Kind::seed);
    ASSERT_FALSE(absent);
    EXPECT_THAT(absent.error().message(), HasSubstr("open /nonexistent/g.csv"));
}

BatchingInputs calibrated(std::string_view config) {
    BatchingInputs inputs = inputs_of(trace_of({{0, 100, 100}, {0, 50, 50}}), config);
    inputs.calibration =
        Calibration{.service = {.alpha = 0.5, .beta = 0.001, .gamma = 0},
                    .range = {.fewest = 1, .most = 2, .shortest = 100, .longest = 200}};
    return inputs;
}

TEST(CalibratedRun, takes_the_times_of_the_calibration) {
    const BatchingRun run = run_of(calibrated(R"({"mode": "static_fifo"})"));
    EXPECT_EQ(run.figures.makespan_ns, 700'000'000);
}

TEST(CalibratedRun, says_when_it_goes_beyond_what_was_measured) {
    BatchingInputs inputs = calibrated(R"({"mode": "static_fifo"})");
    EXPECT_EQ(range_warning(inputs, run_of(inputs)), "");
    inputs.calibration->range.most = 1;
    EXPECT_EQ(range_warning(inputs, run_of(inputs)),
              "batches of 2 to 2 requests were simulated, and 1 to 1 calibrated\n");
    inputs.calibration->range = {.fewest = 1, .most = 2, .shortest = 201, .longest = 300};
    EXPECT_EQ(range_warning(inputs, run_of(inputs)),
              "batches of 200 to 200 tokens were simulated, and 201 to 300 calibrated\n");
    EXPECT_EQ(range_warning(inputs, run_of(inputs, {"mode=continuous"})), "");
    inputs.calibration.reset();
    EXPECT_EQ(range_warning(inputs, run_of(inputs)), "");
}

TEST(LeastSquares, solves_what_has_one_solution) {
    const auto found =
        least_squares(std::vector<Equation>{{{1, 0, 0}, 5}, {{1, 1, 0}, 7}, {{1, 1, 1}, 4}});
    ASSERT_TRUE(found);
    EXPECT_NEAR((*found)[0], 5, 1e-12);
    EXPECT_NEAR((*found)[1], 2, 1e-12);
    EXPECT_NEAR((*found)[2], -3, 1e-12);
}

TEST(LeastSquares, comes_closest_whatever_was_measured) {
    for (std::uint32_t seed = 1; seed <= 1000; ++seed) {
        Dice dice(seed);
        std::vector<Equation> equations(4 + dice.below(20));
        for (Equation& equation : equations) {
            equation = {.factors = {1, dice.between(1, 1000) * 1.0, dice.between(1, 1000) * 1e3},
                        .measured = dice.between(-1000, 1000) * 1.0};
        }
        const auto found = least_squares(equations);
        if (!found) {
            continue;  // By chance, some column was a combination of others.
        }
        for (std::size_t column = 0; column < 3; ++column) {
            double along = 0;
            double size = 0;
            for (const auto& [factors, measured] : equations) {
                double rest = measured;
                for (std::size_t number = 0; number < 3; ++number) {
                    rest -= factors[number] * (*found)[number];
                }
                along += rest * factors[column];
                size += std::abs(measured * factors[column]);
            }
            ASSERT_NEAR(along, 0, 1e-7 * (size + 1)) << seed;
        }
    }
}

}  // namespace
}  // namespace penstock::sim
