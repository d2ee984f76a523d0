// SPDX-License-Identifier: Apache-2.0
//
// Peak run: streams on 1, 2, 4 .. all cores of a node, and takes the median of several rounds.

#pragma once

#include "agent/probes/calibration/bench.h"

namespace penstock::calibration {

// Powers of two below it, and the number itself.
[[nodiscard]] std::vector<std::size_t> core_counts(std::size_t cores);

struct PeakPlan {
    std::uint32_t node = 0;
    std::size_t rounds = 5;
    Duration window{std::chrono::milliseconds(100)};  // For each kind, count of cores and round.
};

// So that all of it takes about `length`; no window is shorter than 20 ms.
[[nodiscard]] PeakPlan peak_plan(std::uint32_t node, std::size_t cores, Duration length);

[[nodiscard]] Result<std::vector<PeakRow>> measure_peaks(Bench& bench, const PeakPlan& plan);

// Says that somebody interrupted it.
[[nodiscard]] std::unexpected<Error> interruption();

}  // namespace penstock::calibration
