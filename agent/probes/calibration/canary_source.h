// SPDX-License-Identifier: Apache-2.0
//
// Canary as a source: the pressure on memory where no counter exists. Off unless calibration on
// this machine showed that a single look tells a loaded memory from an idle one; it is a guess all
// the same, and says so.

#pragma once

#include <functional>
#include <memory>

#include "agent/probes/calibration/canary.h"
#include "agent/probes/source_catalogue.h"

namespace penstock {

// What makes the probe; the real one takes memory of several times the last cache.
using MakeProbe = std::function<Result<std::unique_ptr<calibration::Probe>>(
    Machine& machine, std::uint64_t buffer_bytes)>;

[[nodiscard]] std::unique_ptr<Source> make_canary(const SourceSettings& settings);
[[nodiscard]] std::unique_ptr<Source> make_canary_with(const SourceSettings& settings,
                                                       MakeProbe make_probe);

}  // namespace penstock
