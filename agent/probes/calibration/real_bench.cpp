// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/calibration/real_bench.h"

#include <time.h>  // NOLINT(modernize-deprecated-headers): clock_nanosleep() is POSIX.

#include <algorithm>

#include "agent/probes/calibration/processors.h"
#include "base/clock.h"

namespace penstock::calibration {

Result<std::unique_ptr<RealBench>> RealBench::make(Parts parts) {
    auto crew = StreamCrew::start(parts.processors, parts.buffer_bytes);
    if (!crew) {
        return std::unexpected(std::move(crew).error());
    }
    if (const int refused = bind_to_processor(parts.processors.front()); refused != 0) {
        return fail(refused, "bind the canary to its processor");
    }
    return std::unique_ptr<RealBench>(new RealBench(std::move(parts), std::move(*crew)));
}

Result<> RealBench::add_canary(Machine& machine, std::uint64_t buffer_bytes) {
    auto canary = Canary::make(machine, buffer_bytes);
    if (!canary) {
        return std::unexpected(std::move(canary).error());
    }
    canary_ = std::move(*canary);
    return {};
}

ProbeSample RealBench::probe() {
    return canary_ ? canary_->look() : ProbeSample{.disturbed = true};
}

// A signal ends the sleep early; whoever waits then asks whether it was meant for him.
void RealBench::wait(Duration period) {
    last_ = std::max(last_ + period, monotonic_now());
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(last_.time_since_epoch());
    const timespec until{.tv_sec = whole.count(),
                         .tv_nsec = (last_.time_since_epoch() - whole).count()};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

}  // namespace penstock::calibration
