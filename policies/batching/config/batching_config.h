// SPDX-License-Identifier: Apache-2.0
//
// Batching config: what is served how: a policy, devices, their times, and what counts as late.
// Servers and the simulator read the same text; a server has no use for the times.

#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "policies/batching/batching_settings.h"
#include "policies/batching/config/config_values.h"
#include "policies/batching/service_time.h"

namespace penstock::batching {

enum class StepKind : std::uint8_t { token, chunked };

struct BatchingConfig {
    BatchingSettings batching{};
    std::uint32_t devices = 1;
    double rps_scale = 1.0;
    std::int64_t late_ns = 1'000'000'000;
    ServiceTime service{};
    StepKind step = StepKind::token;
    ChunkedSettings chunks{};
    ChunkedStepTime step_time{};
};

// Unknown keys, wrong values and values that do not go together are told with their line.
[[nodiscard]] Result<BatchingConfig> make_config(const ConfigValues& values);

// Whether requests go into several bins by their length.
[[nodiscard]] bool has_bins(Mode mode);

}  // namespace penstock::batching
