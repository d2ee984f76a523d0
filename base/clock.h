// SPDX-License-Identifier: Apache-2.0
//
// The only place that asks for the time.

#pragma once

#include "base/units.h"

namespace penstock {

// CLOCK_MONOTONIC, the clock of BPF's bpf_ktime_get_ns() too.
[[nodiscard]] TimePoint monotonic_now();

}  // namespace penstock
