// SPDX-License-Identifier: Apache-2.0
//
// Processor sharing with caps: how the running kernels divide the device among them.
//
// Everybody gets the same rate, except that nobody gets more than its cap (its CU mask); what a
// capped one leaves is divided among the others. Rates are whole numbers, so that progress over any
// split of the same time is exactly the same.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace penstock::emulator {

// Work per nanosecond. The whole device is the least common multiple of 1..22: up to 22 equal
// shares are exact, and ten seconds of work still fit 63 bits.
using Rate = std::int64_t;
inline constexpr Rate whole_device = 232'792'560;

// The part of the device that `enabled_units` of `compute_units` make up, at least the smallest
// rate. No enabled unit at all means that no mask was ever set.
[[nodiscard]] Rate cap_of(std::uint32_t enabled_units, std::uint32_t compute_units);

// One rate per cap, in the same order; their sum is never more than the whole device.
[[nodiscard]] std::vector<Rate> shared_rates(std::span<const Rate> caps);

}  // namespace penstock::emulator
