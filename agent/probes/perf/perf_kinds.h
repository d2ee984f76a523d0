// SPDX-License-Identifier: Apache-2.0
//
// Perf kinds: every kind of perf counters that is known here, one row each.

#pragma once

#include "agent/probes/perf/counter_kind.h"

namespace penstock::kinds {

// DRAM.
extern const CounterKind amd_umc;
extern const CounterKind uncore_imc;
extern const CounterKind uncore_imc_free_running;
extern const CounterKind amd_df;

// PCIe, as the devices of a whole package see it.
extern const CounterKind uncore_iio;
extern const CounterKind uncore_iio_free_running;
extern const CounterKind uncore_cha;
extern const CounterKind amd_df_upstream;

// Energy, and the time stamp counter.
extern const CounterKind power;
extern const CounterKind msr;

}  // namespace penstock::kinds
