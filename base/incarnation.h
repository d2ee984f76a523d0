// SPDX-License-Identifier: Apache-2.0
//
// Incarnation: one process, told apart from the next one with its pid by the time it started.

#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/tree.h"

namespace penstock {

struct Incarnation {
    std::uint32_t pid = 0;
    std::uint64_t start_ticks = 0;  // Since boot, as in /proc/PID/stat.
    auto operator<=>(const Incarnation&) const = default;

    // The one that has the pid now. ENOENT or ESRCH when nobody has.
    static Result<Incarnation> of(const Tree& proc, std::uint32_t pid);
};

// In ticks since boot, from the text of /proc/PID/stat; nothing where there is none.
[[nodiscard]] std::optional<std::uint64_t> start_ticks(std::string_view stat);

// The process' pid in its own pid namespace, which is how the driver names it.
[[nodiscard]] Result<std::uint32_t> own_pid(const Tree& proc, std::uint32_t pid);

}  // namespace penstock
