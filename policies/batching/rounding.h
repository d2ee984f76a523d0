// SPDX-License-Identifier: Apache-2.0
//
// Rounding: how seconds in floating point become whole nanoseconds, at one place only, so that
// everybody who batches the same requests comes to the same times.

#pragma once

#include <algorithm>
#include <cstdint>

namespace penstock::batching {

// No time or duration of a run is longer: the sum of two fits into 64 bits.
inline constexpr std::int64_t longest_ns = std::int64_t{1} << 61U;

// floor(number + 0.5), for a number that is not negative.
[[nodiscard]] inline std::int64_t rounded(double number) {
    return static_cast<std::int64_t>(std::min(number + 0.5, static_cast<double>(longest_ns)));
}

[[nodiscard]] inline std::int64_t nanoseconds(double seconds) {
    return rounded(seconds * 1e9);
}

}  // namespace penstock::batching
