// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/calibration_verbs.h"

#include <fmt/format.h>

#include "sim/batching/measured_command.h"
#include "sim/batching/whole_file.h"
#include "sim/progress.h"

namespace penstock::sim {
namespace {

void show_measurements(std::size_t done, std::size_t all) {
    show_progress_of("measurements", done, all);
}

}  // namespace

Result<> run(const Calibrate& verb) {
    const Result<Calibration> calibration = calibrate_from(verb.grid, verb.kind);
    if (!calibration) {
        return std::unexpected(calibration.error());
    }
    fmt::print("{}\n", calibration_json(*calibration));
    return {};
}

Result<> run(const CalibrateGrid& verb) {
    StopSignal stop;
    const auto measure = [&](const std::vector<std::string>& words) {
        return measured_seconds(words, verb.plan.limits, stop);
    };
    const Result<std::vector<MeasuredPoint>> points =
        measure_grid(verb.plan, measure, &show_measurements);
    if (!points) {
        return std::unexpected(points.error());
    }
    return write_whole(verb.grid, grid_csv(*points));
}

}  // namespace penstock::sim
