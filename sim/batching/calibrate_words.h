// SPDX-License-Identifier: Apache-2.0
//
// Calibrate words: the command lines that measure how long batches take and that fit it.

#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "base/result.h"
#include "sim/batching/calibration_verbs.h"

namespace penstock::sim {

struct CalibrateWords {
    Calibrate calibrate{};
    std::string kind = "seed";

    CLI::App* add_to(CLI::App& app);
    Calibrate verb();
};

struct CalibrateGridWords {
    CalibrateGrid measure{};
    double longest_s = 60;

    CLI::App* add_to(CLI::App& app);

    // Of what has been parsed.
    Result<CalibrateGrid> verb();
};

}  // namespace penstock::sim
