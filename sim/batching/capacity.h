// SPDX-License-Identifier: Apache-2.0
//
// Capacity: the highest rate of requests at which few enough are late.

#pragma once

#include <string>

#include "base/result.h"
#include "sim/batching/batching_run.h"

namespace penstock::sim {

struct Capacity {
    double per_second = 0;
    double rps_scale = 1;  // Of the trace, at that rate.
    int runs = 0;          // It took so many.
    BatchingFigures figures{};
};

// Between a rate at which at most so many percent are late and one at most a thousandth higher at
// which more are. It supposes that more are late at a higher rate.
[[nodiscard]] Result<Capacity> find_capacity(const BatchingInputs& inputs,
                                             const std::vector<std::string>& changes,
                                             double most_late_percent);

[[nodiscard]] std::string capacity_json(const Capacity& capacity);

}  // namespace penstock::sim
