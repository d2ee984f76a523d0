// SPDX-License-Identifier: Apache-2.0
//
// Kernel counts: what the kernel tells of processors' time, and of the time that was lost, by
// pressure and by a hypervisor.

#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "policies/origin.h"

namespace penstock {

// Microseconds for which some task has waited, from a file of /proc/pressure.
[[nodiscard]] std::expected<std::uint64_t, Origin> stalled_us(std::string_view pressure);

// Ticks over all processors, from the first line of /proc/stat, which may be followed by anything:
// those that the hypervisor gave to others, those in which something ran, and those in which
// nothing did.
[[nodiscard]] std::expected<std::uint64_t, Origin> stolen_ticks(std::string_view stat);
[[nodiscard]] std::expected<std::uint64_t, Origin> busy_ticks(std::string_view stat);
[[nodiscard]] std::expected<std::uint64_t, Origin> idle_ticks(std::string_view stat);

}  // namespace penstock
