// SPDX-License-Identifier: Apache-2.0
//
// The only place that asks for the time.

#pragma once

#include "base/units.h"

namespace penstock {

// CLOCK_MONOTONIC, the clock of BPF's bpf_ktime_get_ns() too.
[[nodiscard]] TimePoint monotonic_now();

// CLOCK_REALTIME in seconds since 1970, UTC, for people. It may jump.
[[nodiscard]] double seconds_since_1970();

}  // namespace penstock
