// SPDX-License-Identifier: Apache-2.0
//
// Percentiles of measured durations, by nearest rank: the result is always a value that occurred.

#pragma once

#include <optional>
#include <vector>

#include "base/units.h"

namespace penstock::workload {

// Absent when nothing was measured. `part` is in 0..1: 0.99 is the 99th percentile.
[[nodiscard]] std::optional<Duration> percentile(std::vector<Duration> values, double part);

}  // namespace penstock::workload
