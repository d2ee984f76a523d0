// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/calibration_verbs.h"

#include <fmt/format.h>

#include "sim/batching/measured_command.h"
#include "sim/progress.h"
#include "sim/whole_file.h"

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
    const MeasuredGrid grid = measure_grid(verb.plan, measure, &show_measurements);
    if (grid.points.empty()) {
        return grid.done;
    }
    // What took hours is not lost by what failed after it.
    Result<> written = write_whole(verb.grid, grid_csv(grid.points));
    if (!written || grid.done) {
        return written;
    }
    return fail(fmt::format("{}; {} has the {} points before it",
                            grid.done.error().message(),
                            verb.grid,
                            grid.points.size()));
}

}  // namespace penstock::sim
