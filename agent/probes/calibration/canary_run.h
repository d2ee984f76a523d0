// SPDX-License-Identifier: Apache-2.0
//
// Canary run: probes while the other cores stream and while they do not, in rounds of three
// windows, A-B-A or B-A-B, in a shuffled order, so that neither a drift nor a rhythm of the machine
// passes for the load.

#pragma once

#include "agent/probes/calibration/bench.h"

namespace penstock::calibration {

struct CanaryPlan {
    StreamKind load{};  // What the other cores do.
    std::size_t rounds = 8;
    std::size_t probes = 10;                         // Of a window that count; one before settles.
    Duration period{std::chrono::milliseconds(20)};  // As the agent will probe.
    std::uint64_t buffer_bytes = 0;                  // The canary's own, for the record.
    std::uint32_t seed = 1;                          // Of the order.
};

// As many rounds as fit, at least 4 and at most 100.
[[nodiscard]] CanaryPlan canary_plan(Duration length);

// Needs two cores.
[[nodiscard]] Result<CanaryTrial> try_canary(Bench& bench, const CanaryPlan& plan);

}  // namespace penstock::calibration
