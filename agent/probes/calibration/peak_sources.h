// SPDX-License-Identifier: Apache-2.0
//
// Peaks as sources: how much a memory node can move at most, as an administrator says or as
// calibration measured. The administrator goes first, because he may know what was wrong with a
// measurement; clocks of the memory bus count only where neither is known (agent/state/traffic.h).
// The source's text of MemoryNode.peak says which it was.

#pragma once

#include <memory>

#include "agent/probes/source_catalogue.h"

namespace penstock {

[[nodiscard]] std::unique_ptr<Source> make_configured_peak(const SourceSettings& settings);
[[nodiscard]] std::unique_ptr<Source> make_calibrated_peak(const SourceSettings& settings);

}  // namespace penstock
