// SPDX-License-Identifier: Apache-2.0
//
// Experiment: one row of what the papers measured, to be simulated: what XSched's paper (OSDI 2025)
// reports, what arithmetic expects here (expectations.h), and how the figure is read off plays.

#pragma once

#include <string>
#include <vector>

#include "sim/paper/expectations.h"
#include "sim/paper/measure.h"

namespace penstock::sim {

struct Experiment {
    std::string id{};       // "fig9.priority.foreground"
    std::string figure{};   // In the paper: "Fig. 9 top".
    std::string subject{};  // What the number is, with its unit.
    std::string paper{};    // What the paper reports; "-" when it has no such experiment.
    Band band{};
    Measure measure{};
    int decimals = 3;
    std::string note{};  // Where the machine model and the paper's differ, and why.
};

using Experiments = std::vector<Experiment>;

// One source file each. Scenarios lie in the folder; only video_experiments() looks at which.
[[nodiscard]] Experiments priority_experiments();
[[nodiscard]] Experiments share_experiments();
[[nodiscard]] Experiments latency_experiments();
[[nodiscard]] Experiments threshold_experiments();
[[nodiscard]] Experiments harvest_experiments();
[[nodiscard]] Experiments video_experiments(const std::string& folder);
[[nodiscard]] Experiments serving_experiments();

// Those whose id starts so, in the order of the paper's figures.
[[nodiscard]] Experiments experiments(const std::string& folder, const std::string& prefix);

}  // namespace penstock::sim
