// SPDX-License-Identifier: Apache-2.0
//
// Fleet run: a policy on each machine of a fleet, in several threads, as the sum of what they came
// to. However many threads there are, the figures are the same.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sim/machine/figures.h"
#include "sim/machine/fleet.h"

namespace penstock::sim {

inline constexpr std::uint32_t most_threads = 256;

[[nodiscard]] Result<RunFigures> run_fleet(const Fleet& fleet,
                                           std::string_view policy,
                                           std::uint32_t threads);

[[nodiscard]] std::string fleet_text(const Fleet& fleet, const std::vector<RunFigures>& runs);
[[nodiscard]] std::string fleet_json(const Fleet& fleet, const std::vector<RunFigures>& runs);

}  // namespace penstock::sim
