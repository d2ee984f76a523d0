// SPDX-License-Identifier: Apache-2.0
//
// CPU list: processor numbers as the kernel writes them, "0,48" or "0-3,7".

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace penstock {

// Linux can be built for this many processors on x86; a larger number was misread.
inline constexpr std::uint32_t most_cpus = 8192;

// Ascending, as the kernel writes them: whatever repeats or goes back is refused, because its
// counters would be counted twice. An empty text is an empty list.
[[nodiscard]] Result<std::vector<std::uint32_t>> parse_cpu_list(std::string_view text);

}  // namespace penstock
