// SPDX-License-Identifier: Apache-2.0
//
// The layouts of gpu_metrics, by who writes them. Each file asserts the sizes of the kernel's
// structures; find_layout() looks through all of them.

#pragma once

#include <span>

#include "agent/probes/decode/metrics_field.h"

namespace penstock::metrics {

// v1.0 to v1.3: cards for desktops, and accelerators up to MI200.
[[nodiscard]] std::span<const Layout> discrete_layouts();

// v1.4 to v1.8: MI300 and later.
[[nodiscard]] std::span<const Layout> instinct_layouts();

// v2.0 to v3.0: APUs.
[[nodiscard]] std::span<const Layout> apu_layouts();

}  // namespace penstock::metrics
