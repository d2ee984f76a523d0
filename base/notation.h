// SPDX-License-Identifier: Apache-2.0
//
// Notation: how systemd's files spell truth, numbers, time spans and bandwidths. The errors are
// sentences for whoever wrote the text.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"

namespace penstock {

// "yes", "true", "on", "1" and their opposites, in any case.
[[nodiscard]] Result<bool> parse_boolean(std::string_view text);

[[nodiscard]] Result<std::int64_t> parse_integer(std::string_view text,
                                                 std::int64_t least,
                                                 std::int64_t most);

// A sum of numbers with units: "10ms", "1min 30s"; a bare number is in seconds. Exact to the ns.
[[nodiscard]] Result<Duration> parse_time_span(std::string_view text);

// "20G" and the like, in powers of 1000 as systemd has them for bandwidth.
[[nodiscard]] Result<BytesPerSecond> parse_bandwidth(std::string_view text);

// The same, or "infinity".
[[nodiscard]] Result<BytesPerSecond> parse_bandwidth_limit(std::string_view text);

// In the notation that the functions above read back.
[[nodiscard]] std::string to_text(Duration span);
[[nodiscard]] std::string to_text(BytesPerSecond bandwidth);

}  // namespace penstock
