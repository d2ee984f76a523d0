// SPDX-License-Identifier: Apache-2.0
//
// Calibration as penstockctl shows it: what was measured, the verdict, and where it was stored.

#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "agent/probes/calibration/calibration.h"

namespace penstock::ctl {

// `stored_in` is "" when it was only shown.
[[nodiscard]] std::string calibration_text(const calibration::Calibration& found,
                                           const std::string& stored_in);

// In bytes, bytes per second and nanoseconds.
[[nodiscard]] nlohmann::json calibration_json(const calibration::Calibration& found,
                                              const std::string& stored_in);

}  // namespace penstock::ctl
