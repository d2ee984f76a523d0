// SPDX-License-Identifier: Apache-2.0
//
// Verdict: whether the canary may speak on this machine. It may only where the trial showed that a
// single probe tells a loaded memory from an idle one; everywhere else the pressure is unknown,
// because a guess would throttle somebody for nothing.

#pragma once

#include <optional>
#include <string>

#include "agent/probes/calibration/calibration.h"

namespace penstock::calibration {

inline constexpr double change_needed = 0.15;
inline constexpr double auc_needed = 0.9;
inline constexpr std::uint32_t probes_needed = 30;  // Of either sort.
inline constexpr double others_allowed = 0.1;

// Of one signal, at the bounds too.
[[nodiscard]] bool tells_a_load(const SignalFigures& figures);

// The signal that says more: one that tells a load before one that does not, then by its AUC.
[[nodiscard]] Signal better_signal(const CanaryTrial& trial);

[[nodiscard]] bool canary_usable(const Calibration& calibration);

// Why the canary may not speak, as a whole sentence; "" when it may.
[[nodiscard]] std::string canary_refusal(const Calibration& calibration);

// "other programs used 19 % of the processors" when they used more than is allowed, otherwise "".
[[nodiscard]] std::string others_text(const Calibration& calibration);

// 0 as calibrated alone, 1 as loaded; between 0 and 1.5.
[[nodiscard]] double pressure_of(double line_ns, const SignalFigures& figures);

}  // namespace penstock::calibration
