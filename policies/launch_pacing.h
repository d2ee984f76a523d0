// SPDX-License-Identifier: Apache-2.0
//
// Launch pacing: how long a heavy operation waits before it is launched while the level asks for
// that.
//
// Bytes are let through at the rate that is granted, from a credit that never grows beyond what
// comes in while an operation runs, or in a millisecond. A fixed pause would cost a short operation
// six times its own time and mean nothing to a long one; so the wait is what the bytes are ahead of
// the rate, 5 ms at most, and all waits of a kind of operation together at most a quarter of its
// own time.

#pragma once

#include <cstdint>

#include "base/units.h"

namespace penstock {

struct LaunchPacing {
    static constexpr Duration longest_delay{std::chrono::milliseconds(5)};
    static constexpr Duration least_credit{std::chrono::milliseconds(1)};  // In time at the rate.
    static constexpr std::int64_t own_time_per_delay = 4;

    static constexpr std::uint64_t heavy_bytes = std::uint64_t{8} << 20;
    static constexpr Duration heavy_time{std::chrono::microseconds(200)};
    static constexpr double heavy_share = 0.2;  // Of the peak, while it runs.
};

// One launch of a kind of operation.
struct Launch {
    std::uint64_t bytes = 0;   // That it will move.
    Duration usual_time{};     // That one of its kind has taken so far; 0: unknown.
    Duration own_time{};       // That all of its kind have taken so far, without their waits.
    Duration waited{};         // That they have waited.
    BytesPerSecond granted{};  // What is let through.
    BytesPerSecond peak{};     // Of the memory; 0: unknown.
};

// Whether it is worth pacing: many bytes, for long enough, and a good part of what the memory can
// move.
[[nodiscard]] bool is_heavy(const Launch& launch);

// When everything let through so far will have been moved at the granted rate; the credit is how
// long ago that was. Kept by whoever paces.
struct PacingState {
    TimePoint spent_until{};
};

struct PacedLaunch {
    Duration delay{};
    PacingState after{};
};

[[nodiscard]] PacedLaunch pace(const PacingState& before, const Launch& launch, TimePoint now);

}  // namespace penstock
