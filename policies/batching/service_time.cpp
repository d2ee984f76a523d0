// SPDX-License-Identifier: Apache-2.0
//
// The order of operations is part of what two implementations must agree on; so is that this file
// is compiled without contraction.

#include "policies/batching/service_time.h"

#include <algorithm>

#include "policies/batching/rounding.h"

namespace penstock::batching {
namespace {

std::int64_t at_least_1(std::int64_t ns) {
    return std::max<std::int64_t>(1, ns);
}

double crowding(double gamma, std::uint32_t requests) {
    const auto b = static_cast<double>(requests);
    return 1.0 + ((gamma * (b - 1.0)) / b);
}

}  // namespace

double ServiceTime::batch_seconds(std::uint32_t requests, std::uint32_t longest) const {
    const auto length = static_cast<double>(longest);
    if (kind == Kind::seed) {
        return alpha + ((beta * length) * crowding(gamma, requests));
    }
    return alpha + (length * (beta + (beta_b * static_cast<double>(requests))));
}

std::int64_t ServiceTime::batch_ns(std::uint32_t requests, std::uint32_t longest) const {
    return at_least_1(nanoseconds(batch_seconds(requests, longest)));
}

std::int64_t ServiceTime::step_ns(std::uint32_t requests) const {
    const double seconds = kind == Kind::seed ? beta * crowding(gamma, requests)
                                              : beta + (beta_b * static_cast<double>(requests));
    return at_least_1(nanoseconds(seconds));
}

std::int64_t ServiceTime::cold_start_ns() const {
    return nanoseconds(alpha);
}

std::int64_t ChunkedStepTime::step_ns(std::uint64_t tokens, std::uint64_t cached) const {
    const double moved = std::max(weights, per_token * static_cast<double>(tokens));
    return at_least_1(
        nanoseconds((constant + moved) + (per_cached_token * static_cast<double>(cached))));
}

}  // namespace penstock::batching
