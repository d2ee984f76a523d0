// SPDX-License-Identifier: Apache-2.0
//
// Tenure bookkeeping: what an owner has been through on one device, as the gate reports it.

#pragma once

#include <algorithm>

#include "policies/snapshot.h"

namespace penstock {

inline void begin_suspension(Tenure& tenure, TimePoint when, Reason why) {
    if (!tenure.suspended) {
        tenure.suspended = true;
        tenure.suspended_for = why;
        tenure.suspended_since = when;
        ++tenure.preemptions;
    }
}

inline void end_suspension(Tenure& tenure, TimePoint when, Reason why) {
    if (tenure.suspended) {
        tenure.suspended = false;
        tenure.resumed_for = why;
        tenure.resumed_at = when;
        // News of a suspend and of the gate's end may arrive out of order: never a negative time.
        tenure.suspended_total += std::max(when - tenure.suspended_since, Duration{});
    }
}

}  // namespace penstock
