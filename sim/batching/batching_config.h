// SPDX-License-Identifier: Apache-2.0
//
// Batching config: what is simulated: a policy, devices, their times, and what counts as late.

#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "policies/batching/batching_settings.h"
#include "policies/batching/service_time.h"
#include "sim/batching/config_values.h"
#include "sim/batching/request_trace.h"

namespace penstock::sim {

enum class StepKind : std::uint8_t { token, chunked };

struct BatchingConfig {
    batching::BatchingSettings batching{};
    std::uint32_t devices = 1;
    double rps_scale = 1.0;
    std::int64_t late_ns = 1'000'000'000;
    batching::ServiceTime service{};
    StepKind step = StepKind::token;
    batching::ChunkedSettings chunks{};
    batching::ChunkedStepTime step_time{};
};

// Unknown keys, wrong values and values that do not go together are told with their line.
[[nodiscard]] Result<BatchingConfig> make_config(const ConfigValues& values);

// Whether it makes sense for these requests, and if so completes it: bins get their boundaries.
[[nodiscard]] Result<> fit_to_trace(BatchingConfig& config,
                                    const ConfigValues& values,
                                    const RawTrace& raw);

}  // namespace penstock::sim
