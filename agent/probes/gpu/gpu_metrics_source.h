// SPDX-License-Identifier: Apache-2.0
//
// gpu_metrics as a source: what the firmware of one AMD device measures of itself.

#pragma once

#include <memory>

#include "agent/probes/source_catalogue.h"

namespace penstock {

[[nodiscard]] std::unique_ptr<Source> make_gpu_metrics(const SourceSettings& settings,
                                                       const DevicePlace& device);

}  // namespace penstock
