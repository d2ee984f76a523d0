// SPDX-License-Identifier: Apache-2.0
//
// Gnuplot: a comparison as figures to be drawn: how latency is spread, and who has which share.

#pragma once

#include <string>

#include "sim/comparison.h"

namespace penstock::sim {

// The contents of three files that lie in one folder.
struct Plots {
    std::string
        latency{};  // latency.dat: a block for each policy and job, of milliseconds and shares.
    std::string shares{};  // shares.dat: a row for each policy, a column for each job.
    std::string script{};  // plot.gp: draws latency.svg and shares.svg.
};

[[nodiscard]] Plots plots_of(const Comparison& comparison);

// Makes the folder if there is none, and writes over what has those names.
[[nodiscard]] Result<> write_plots(const Plots& plots, const std::string& folder);

}  // namespace penstock::sim
