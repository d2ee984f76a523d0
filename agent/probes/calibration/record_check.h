// SPDX-License-Identifier: Apache-2.0
//
// Record check: the calibration file as the sources use it. One of another machine is refused: a
// disk moves, and a virtual machine changes its host.

#pragma once

#include <expected>
#include <string>

#include "agent/probes/calibration/calibration.h"
#include "agent/probes/source.h"

namespace penstock::calibration {

inline constexpr Duration record_look = std::chrono::seconds(60);  // Between two looks at the file.

// Or, as a whole sentence, why there is none to use and what to do about it.
[[nodiscard]] std::expected<Calibration, std::string> usable_record(Machine& machine,
                                                                    const Surroundings& around,
                                                                    const std::string& path);

}  // namespace penstock::calibration
