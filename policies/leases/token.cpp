// SPDX-License-Identifier: Apache-2.0

#include "policies/leases/token.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace penstock {
namespace {

constexpr std::int64_t hundred = 100;

// "1.90"; downwards, so that what is not enough does not look like it. A gain of a million, which
// no machine has, stands for all that are larger.
std::string times_text(double gain) {
    constexpr double largest = 1e6;
    // A decimal fraction may be a hair less in binary.
    constexpr double hair = 1e-9;
    const auto hundredths = static_cast<std::int64_t>((std::min(gain, largest) + hair) * hundred);
    return fmt::format("{}.{:02}", hundredths / hundred, hundredths % hundred);
}

}  // namespace

bool token_allowed(const Sample<double>& gain) {
    return gain.value && *gain.value > 0 && *gain.value < gain_of_sharing;
}

std::string token_verdict(const Sample<double>& gain) {
    const std::string_view source = gain.source.text();
    if (!gain.value) {
        return fmt::format("nobody knows what cores at once lose there: {}", source);
    }
    if (!std::isfinite(*gain.value) || *gain.value <= 0) {
        return fmt::format(
            "cores at once can not move {} times what one does ({})", *gain.value, source);
    }
    const std::string measured = fmt::format(
        "cores at once move {} times what one does ({})", times_text(*gain.value), source);
    if (token_allowed(gain)) {
        return measured + ": a token may be granted";
    }
    const double lost = hundred * (1 - 1 / *gain.value);
    return fmt::format("{}, and a token would lose {:.0f} % of that", measured, lost);
}

}  // namespace penstock
