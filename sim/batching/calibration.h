// SPDX-License-Identifier: Apache-2.0
//
// Calibration: fits the service time of batches to a grid of measurements, by least squares, and
// says how well it fits and how far it reaches.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policies/batching/service_time.h"

namespace penstock::sim {

struct GridPoint {
    std::uint32_t requests = 1;
    std::uint32_t longest = 1;  // Tokens of the longest one.
    double seconds = 0;
};

// What has been measured: nothing is known of what is outside.
struct GridRange {
    std::uint32_t fewest = 0;
    std::uint32_t most = 0;
    std::uint32_t shortest = 0;
    std::uint32_t longest = 0;
};

struct Calibration {
    batching::ServiceTime service{};
    GridRange range{};
    double r_squared = 0;  // Not a number where all measurements are the same.
    double root_mean_square_s = 0;
    std::vector<double> residuals_s{};  // Measured less fitted, as the points come.
};

// Columns batch_size, max_seq_len and mean_latency_sec; others are left out.
[[nodiscard]] Result<std::vector<GridPoint>> parse_grid(const std::string& file,
                                                        std::string_view text);

// Above 0 and up to a million; "nan" and "inf" are none.
[[nodiscard]] Result<double> parse_seconds(std::string_view text);

// Fails where the points do not determine the coefficients, or make one negative.
[[nodiscard]] Result<Calibration> calibrate(const std::vector<GridPoint>& points,
                                            batching::ServiceTime::Kind kind);

// The same of a file, which the sentence of a failure names.
[[nodiscard]] Result<Calibration> calibrate_from(const std::string& file,
                                                 batching::ServiceTime::Kind kind);

[[nodiscard]] std::string calibration_json(const Calibration& calibration);

}  // namespace penstock::sim
