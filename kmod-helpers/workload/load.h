// SPDX-License-Identifier: Apache-2.0
//
// Load: the ways in which the workload keeps its queues busy, each until an end or a stop signal.
//
// All of them let requests in flight complete afterwards, within a bound, because a request that is
// forgotten at the end is usually a slow one.

#pragma once

#include "base/stop_signal.h"
#include "kmod-helpers/workload/arrivals.h"
#include "kmod-helpers/workload/session.h"

namespace penstock::workload {

struct Course {
    TimePoint start{};
    TimePoint end{};
    bool spins = false;  // Looks at its signals all the time instead of sleeping in the driver.
};

// Requests at times of their own; a second thread reaps, so that neither delays the other. One that
// spins does both in one thread that never blocks.
Result<> run_open(Session& session, StopSignal& stop, const Course& course, Arrivals arrivals);

// Keeps `depth` requests in flight; a request arrives when its predecessor has left.
Result<> run_closed(Session& session, StopSignal& stop, const Course& course, std::uint64_t depth);

}  // namespace penstock::workload
