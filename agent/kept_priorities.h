// SPDX-License-Identifier: Apache-2.0
//
// Kept priorities: what clients have set over D-Bus, for the agent that comes after this one.
//
// The file lives where the machine's next boot finds nothing of it, and names processes by their
// start as well: a pid alone would pass a priority on to a stranger.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/incarnation.h"
#include "base/result.h"
#include "base/tree.h"

namespace penstock {

struct KeptPriority {
    std::int32_t priority = 0;
    std::string source{};  // As Owner::priority_source has it.
    bool operator==(const KeptPriority&) const = default;
};

using KeptList = std::map<Incarnation, KeptPriority>;

inline constexpr std::size_t most_kept = 4096;

// One line each: "PID START PRIORITY SOURCE". What makes no sense is left out.
[[nodiscard]] KeptList parse_kept(std::string_view text);
[[nodiscard]] std::string text_of(const KeptList& list);

class KeptPriorities {
  public:
    // Reads what the former agent left of processes that are still there; without a path nothing is
    // kept.
    KeptPriorities(std::string path, const Tree& proc);

    [[nodiscard]] std::optional<KeptPriority> find(const Incarnation& process) const;

    // The file has it when this returns.
    Result<> keep(const Incarnation& process, KeptPriority priority);

  private:
    void forget_the_dead();

    std::string path_;
    Tree proc_;
    KeptList list_{};
};

}  // namespace penstock
