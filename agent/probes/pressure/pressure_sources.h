// SPDX-License-Identifier: Apache-2.0
//
// Pressure as sources: how long tasks waited for memory or a processor, and how long the hypervisor
// let the machine wait. None of it tells bandwidth: memory pressure is reclaim, not traffic.
//
// And how long processors ran and idled, without which nobody's part of their energy is known.

#pragma once

#include <memory>

#include "agent/probes/source_catalogue.h"

namespace penstock {

[[nodiscard]] std::unique_ptr<Source> make_psi(const SourceSettings& settings);
[[nodiscard]] std::unique_ptr<Source> make_steal(const SourceSettings& settings);
[[nodiscard]] std::unique_ptr<Source> make_machine_time(const SourceSettings& settings);

}  // namespace penstock
