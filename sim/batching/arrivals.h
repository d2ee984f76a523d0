// SPDX-License-Identifier: Apache-2.0
//
// Arrivals: when requests come that keep their lengths, but not the times of their trace.

#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "sim/batching/request_trace.h"

namespace penstock::sim {

struct ArrivalProcess {
    enum class Kind : std::uint8_t {
        poisson,
        gamma,   // Gaps with this coefficient of variation: 1 is Poisson, more is burstier.
        bursts,  // Poisson while it is on, and nothing while it is off; off comes first.
    };

    Kind kind = Kind::poisson;
    double per_second = 1;  // On the average; of bursts, while it is on.
    double variation = 1;
    double on_s = 2;  // Medians of lognormal durations.
    double off_s = 5;
};

// "poisson:RATE", "gamma:RATE:CV" or "bursts:RATE[:ON_S:OFF_S]".
[[nodiscard]] Result<ArrivalProcess> parse_arrivals(std::string_view text);

// In the order in which they came; the same seed gives the same times on every machine.
void draw_arrivals(RawTrace& raw, const ArrivalProcess& process, std::uint64_t seed);

}  // namespace penstock::sim
