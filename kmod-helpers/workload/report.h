// SPDX-License-Identifier: Apache-2.0
//
// Report: what the workload prints for the program that started it, as JSON, one line each.

#pragma once

#include <string>

#include "base/units.h"
#include "kmod-helpers/workload/activity_log.h"
#include "kmod-helpers/workload/session.h"

namespace penstock::workload {

// Said once the queues exist: their numbers and where their counters are.
[[nodiscard]] std::string ready_line(const Session& session, std::uint32_t gpu_id);

struct Totals {
    std::uint32_t kernels_per_request = 1;
    std::uint64_t unfinished = 0;  // Requests in flight that never completed.
    Duration elapsed{};
};

// Times are null when no request completed, never 0.
[[nodiscard]] std::string summary_line(const ActivityLog& log, const Totals& totals);

}  // namespace penstock::workload
