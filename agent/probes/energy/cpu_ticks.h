// SPDX-License-Identifier: Apache-2.0
//
// CPU ticks: for how long a process has run, from its stat file.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock {

// The unit of all times in stat files, whatever the kernel's own clock is: USER_HZ of every
// architecture that has accelerators.
inline constexpr double seconds_per_tick = 0.01;

// In user and in kernel mode, over all its threads, those that have ended too. The second field is
// the program's name, which may contain blanks and parentheses, as it pleases the program.
[[nodiscard]] std::optional<std::uint64_t> ticks_of_process(std::string_view stat);

}  // namespace penstock
