// SPDX-License-Identifier: Apache-2.0
//
// Figures for people: SI prefixes, three digits, "-" for unknown.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/units.h"

namespace penstock::ctl {

// "20.0 GB/s", "1.50 GB/s", "999 B/s"; 10^3, not 2^10.
[[nodiscard]] std::string rate_text(std::optional<std::uint64_t> bytes_per_second);

// "50 %".
[[nodiscard]] std::string percent_text(std::optional<double> ratio);

// "1.250 s".
[[nodiscard]] std::string seconds_text(std::uint64_t usec);

// "50ms", in the largest unit that leaves no rest, as command lines have it; "-" for nothing.
[[nodiscard]] std::string span_text(Duration span);

}  // namespace penstock::ctl
