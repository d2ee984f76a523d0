// SPDX-License-Identifier: Apache-2.0
//
// Date text: dates as traces of requests write them.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock::sim {

// "2023-11-16 18:17:03.9799600", with any number of digits behind the point, or none: microseconds
// since 1970, what is less than one cut off.
[[nodiscard]] std::optional<std::int64_t> parse_date(std::string_view text);

}  // namespace penstock::sim
