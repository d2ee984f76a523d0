// SPDX-License-Identifier: Apache-2.0

#include "policies/launch_pacing.h"

#include <algorithm>

namespace penstock {
namespace {

// How long the bytes take at this rate; no longer than a second, after which nobody waits anyway.
Duration time_for(std::uint64_t bytes, BytesPerSecond rate) {
    constexpr double longest = 1e9;
    const double ns = static_cast<double>(bytes) / static_cast<double>(rate.value) * 1e9;
    return Duration(static_cast<std::int64_t>(std::min(ns, longest)));
}

}  // namespace

bool is_heavy(const Launch& launch) {
    if (launch.bytes < LaunchPacing::heavy_bytes || launch.usual_time < LaunchPacing::heavy_time) {
        return false;
    }
    const double rate =
        static_cast<double>(launch.bytes) / static_cast<double>(launch.usual_time.count()) * 1e9;
    return rate >= LaunchPacing::heavy_share * static_cast<double>(launch.peak.value);
}

PacedLaunch pace(const PacingState& before, const Launch& launch, TimePoint now) {
    if (launch.granted.value == 0 || !is_heavy(launch)) {
        return {.after = before};
    }
    // Others may be waiting by now, so that it may lie ahead; further than that it is of another
    // clock.
    const bool foreign = before.spent_until > now + LaunchPacing::longest_delay;
    const TimePoint least = now - std::max(LaunchPacing::least_credit, launch.usual_time);
    const TimePoint spent = foreign ? now : std::max(before.spent_until, least);
    const TimePoint done = spent + time_for(launch.bytes, launch.granted);
    const Duration allowed =
        std::clamp(launch.own_time / LaunchPacing::own_time_per_delay - launch.waited,
                   Duration::zero(),
                   LaunchPacing::longest_delay);
    const Duration delay = std::clamp(done - now, Duration::zero(), allowed);
    // What could not be waited for is forgiven: a debt would be paid by operations that come later.
    return {.delay = delay, .after = {.spent_until = std::min(done, now + delay)}};
}

}  // namespace penstock
