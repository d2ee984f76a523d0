// SPDX-License-Identifier: Apache-2.0
//
// Measured grid: how long batches of several sizes and lengths take, each measured several times by
// a command that somebody gives.

#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/batching/batch_watch.h"
#include "sim/batching/measured_command.h"

namespace penstock::sim {

struct GridPlan {
    std::vector<std::uint32_t> batches{1, 2, 4, 8};
    std::vector<std::uint32_t> lengths{64, 128, 256, 512};
    std::uint32_t repeats = 5;
    std::uint32_t warm_ups = 1;  // Before them, of which nothing is kept.
    // "{batch}" and "{length}" in it stand for the numbers; without either, both are appended.
    std::vector<std::string> command{};
    CommandLimits limits{};
};

struct MeasuredPoint {
    std::uint32_t requests = 1;
    std::uint32_t longest = 1;
    double median_s = 0;
    double least_s = 0;
    double most_s = 0;
};

// Refuses a plan that measures nothing, or a command that names one of both numbers only.
[[nodiscard]] Result<> check(const GridPlan& plan);

[[nodiscard]] std::vector<std::string> words_for(const std::vector<std::string>& command,
                                                 std::uint32_t requests,
                                                 std::uint32_t longest);

using MeasureBatch = std::function<Result<double>(const std::vector<std::string>& words)>;

// How far it came: all points, or those before the first one that failed.
struct MeasuredGrid {
    std::vector<MeasuredPoint> points{};
    Result<> done{};  // Or why not, and which point it was.
};

// The plan has been checked.
[[nodiscard]] MeasuredGrid measure_grid(const GridPlan& plan,
                                        const MeasureBatch& measure,
                                        const TellProgress& progress);

// As a calibration reads it. The mean latency of its columns is the median here.
[[nodiscard]] std::string grid_csv(const std::vector<MeasuredPoint>& points);

}  // namespace penstock::sim
