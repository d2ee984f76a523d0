// SPDX-License-Identifier: Apache-2.0
//
// Durations as people write them: "500us", "200ms", "1s", "2min".

#pragma once

#include <optional>
#include <string_view>

#include "base/units.h"

namespace penstock::ctl {

// A whole number and a unit without anything between; above zero, at most a day.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);

}  // namespace penstock::ctl
