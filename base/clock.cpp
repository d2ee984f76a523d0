// SPDX-License-Identifier: Apache-2.0

#include "base/clock.h"

#include <ctime>

namespace penstock {

TimePoint monotonic_now() {
    // Not steady_clock::now(): its clock is the library's choice, and BPF's stamps must compare.
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return TimePoint(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

double seconds_since_1970() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

}  // namespace penstock
