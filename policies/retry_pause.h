// SPDX-License-Identifier: Apache-2.0
//
// Retry pause: how long to wait before a suspend or resume that failed is tried again.

#pragma once

#include <algorithm>

#include "base/units.h"

namespace penstock {

// A resume is urgent, and each failure of one is reported.
inline constexpr Duration resume_pause = std::chrono::milliseconds(1);

// After so many failures in a row, at least one: 10 ms, 20 ms, … 640 ms, then 1 s.
[[nodiscard]] constexpr Duration suspend_pause(unsigned failures) {
    constexpr Duration first = std::chrono::milliseconds(10);
    constexpr Duration longest = std::chrono::seconds(1);
    constexpr unsigned most_doublings = 7;
    const unsigned doublings = std::min(failures - 1, most_doublings);
    return std::min<Duration>(first * (1U << doublings), longest);
}

}  // namespace penstock
