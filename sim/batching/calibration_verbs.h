// SPDX-License-Identifier: Apache-2.0
//
// Calibration verbs: what the command line asks about the time that batches take: to measure it on
// a device, and to fit coefficients to what was measured.

#pragma once

#include "sim/batching/calibration.h"
#include "sim/batching/measured_grid.h"

namespace penstock::sim {

// Fits the service time to a grid of measurements.
struct Calibrate {
    std::string grid{};
    batching::ServiceTime::Kind kind = batching::ServiceTime::Kind::seed;
};

// Measures such a grid.
struct CalibrateGrid {
    std::string grid{};  // The file to be written.
    GridPlan plan{};
};

// As those of sim/verbs.h.
Result<> run(const Calibrate& verb);
Result<> run(const CalibrateGrid& verb);

}  // namespace penstock::sim
