// SPDX-License-Identifier: Apache-2.0
//
// Batching plots: runs of the batching simulator as curves to be drawn: how latency is spread, what
// latency a throughput costs, and how runs that differ in one thing compare.

#pragma once

#include <string>
#include <vector>

#include "sim/batching/batching_run.h"

namespace penstock::sim {

// The contents of files that lie in one folder.
struct BatchingPlots {
    std::string latency{};     // latency.dat: a block for each run, of seconds and shares.
    std::string throughput{};  // throughput.dat: a block for each series, by ascending rate.
    std::string runs{};        // runs.dat: a row for each run.
    std::string script{};      // plot.gp: draws latency, throughput and runs, as far as there are.
};

// The runs have their curves.
[[nodiscard]] BatchingPlots batching_plots(const std::vector<NamedFigures>& runs);

[[nodiscard]] Result<> write_plots(const BatchingPlots& plots, const std::string& folder);

}  // namespace penstock::sim
