// SPDX-License-Identifier: Apache-2.0
//
// Quantities that must not be mixed up. Each is one number with its unit in the type.

#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace penstock {

using Duration = std::chrono::nanoseconds;

// CLOCK_MONOTONIC. Only base/clock asks for it; everywhere else a time point arrives as data.
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

[[nodiscard]] constexpr std::int64_t to_ns(TimePoint when) {
    return when.time_since_epoch().count();
}

[[nodiscard]] constexpr TimePoint from_ns(std::int64_t ns) {
    return TimePoint(Duration(ns));
}

// A sum that can not overflow, whoever made the numbers. Neither is negative.
constexpr void grow(Duration& sum, Duration by) {
    sum = by > Duration::max() - sum ? Duration::max() : sum + by;
}

struct BytesPerSecond {
    std::uint64_t value = 0;
    auto operator<=>(const BytesPerSecond&) const = default;
};

// As systemd has it of its limits: 18446744073709551615 on D-Bus, "infinity" in files.
inline constexpr BytesPerSecond unlimited{UINT64_MAX};

}  // namespace penstock
