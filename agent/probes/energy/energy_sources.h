// SPDX-License-Identifier: Apache-2.0
//
// Energy of packages, and the processor time by which it is divided among processes.

#pragma once

#include <memory>

#include "agent/probes/source_catalogue.h"

namespace penstock {

// "powercap": RAPL's counters as files, which only root may read.
[[nodiscard]] std::unique_ptr<Source> make_powercap(const SourceSettings& settings);

// "cpu_time": for how long the threads of each client have run.
[[nodiscard]] std::unique_ptr<Source> make_cpu_time(const SourceSettings& settings);

}  // namespace penstock
