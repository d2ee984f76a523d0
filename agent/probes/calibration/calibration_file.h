// SPDX-License-Identifier: Apache-2.0
//
// Calibration file: read with suspicion, written as a whole or not at all.

#pragma once

#include <string>

#include "agent/probes/calibration/calibration.h"
#include "base/result.h"

namespace penstock::calibration {

inline constexpr const char* default_calibration_file = "/var/lib/penstock/calibration";

// ENOENT when there is none.
[[nodiscard]] Result<Calibration> load_calibration(const std::string& path);

// Whether store_calibration() has a good chance, to say so before measuring for seconds.
[[nodiscard]] Result<> check_storable(const std::string& path);

// Replaces what is there. The folder is made when only it is missing.
[[nodiscard]] Result<> store_calibration(const std::string& path, const Calibration& calibration);

}  // namespace penstock::calibration
