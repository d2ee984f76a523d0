// SPDX-License-Identifier: Apache-2.0
//
// Verdict: an experiment's simulated figure, beside what was measured of it with emulated devices,
// and whether it lies in its band.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sim/paper/experiment.h"

namespace penstock::sim {

struct Verdict {
    Experiment experiment{};
    double simulated = 0;
    std::optional<double> emulated{};
    bool in_band = false;
};

using Verdicts = std::vector<Verdict>;

// Figures by the id of their experiment.
using Measured = std::map<std::string, double, std::less<>>;

[[nodiscard]] std::vector<Verdict> judge(const Experiments& experiments,
                                         const PlayBook& book,
                                         const Measured& emulated);

[[nodiscard]] bool all_in_band(const Verdicts& verdicts);

// From a file that a script wrote: one JSON object of numbers, {"fig9.priority.h8": 1.04}. Each has
// to be an experiment's; the error says which is not.
[[nodiscard]] Result<Measured> load_measured(const std::string& file, const Experiments& known);
[[nodiscard]] Result<Measured> parse_measured(std::string_view text, const Experiments& known);

}  // namespace penstock::sim
