// SPDX-License-Identifier: Apache-2.0
//
// Batching config: the configuration of a simulation, from a file, and whether it goes together
// with the requests that are simulated.

#pragma once

#include <string>

#include "base/result.h"
#include "policies/batching/config/batching_config.h"
#include "sim/batching/request_trace.h"

namespace penstock::sim {

using batching::BatchingConfig;
using batching::ConfigValue;
using batching::ConfigValues;
using batching::make_config;
using batching::StepKind;

[[nodiscard]] Result<ConfigValues> load_config(const std::string& file);

// Whether it makes sense for these requests, and if so completes it: bins get their boundaries.
[[nodiscard]] Result<> fit_to_trace(BatchingConfig& config,
                                    const ConfigValues& values,
                                    const RawTrace& raw);

}  // namespace penstock::sim
