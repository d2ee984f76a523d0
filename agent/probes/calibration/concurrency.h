// SPDX-License-Identifier: Apache-2.0
//
// Concurrency: what the cores of a memory node move at once, beside what one of them does. A gain
// near 1 says that they ruin each other's accesses, and that programs had better take turns.

#pragma once

#include <expected>
#include <string>

#include "agent/probes/calibration/calibration.h"
#include "policies/snapshot.h"

namespace penstock::calibration {

struct ConcurrencyGain {
    double times = 0;  // As the cores have it to whom turns would be the greatest loss.
    StreamKind kind{};
    std::uint32_t cores = 0;
    bool operator==(const ConcurrencyGain&) const = default;
};

// Cores that ruin each other's accesses still move a part of what one does.
inline constexpr double least_gain = 0.1;

// The largest of all kinds and numbers of cores. Otherwise, as a whole sentence, why there is none
// to go by: one core has nobody beside it, and the others of a busy machine were not there.
[[nodiscard]] std::expected<ConcurrencyGain, std::string> concurrency_gain(
    const Calibration& calibration, std::uint32_t node);

// "measured 2026-11-28 by streaming reads on 2 cores".
[[nodiscard]] std::string origin_text(const Calibration& calibration,
                                      StreamKind kind,
                                      std::uint32_t cores);

// As the agent has it in MemoryNode::concurrency_gain.
[[nodiscard]] Sample<double> gain_sample(const Calibration& calibration, std::uint32_t node);

}  // namespace penstock::calibration
