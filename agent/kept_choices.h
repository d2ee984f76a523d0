// SPDX-License-Identifier: Apache-2.0
//
// Kept choices: what clients have set over D-Bus for processes, for the agent that comes after this
// one.
//
// The file lives where the machine's next boot finds nothing of it, and names processes by their
// start as well: a pid alone would pass a choice on to a stranger.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/incarnation.h"
#include "base/result.h"
#include "base/tree.h"
#include "policies/terms.h"

namespace penstock {

using KeptList = std::map<Incarnation, Choices>;

inline constexpr std::size_t most_kept = 4096;

// One line for each choice: "PID START priority VALUE SOURCE", with the name of the term that was
// chosen. A class has its name, an exemption 0 or 1, and spans are in nanoseconds. What makes no
// sense is left out.
[[nodiscard]] KeptList parse_kept(std::string_view text);
[[nodiscard]] std::string text_of(const KeptList& list);

class KeptChoices {
  public:
    // Reads what the former agent left of processes that are still there; without a path nothing is
    // kept.
    KeptChoices(std::string path, Tree proc);

    [[nodiscard]] Choices find(const Incarnation& process) const;

    // Beside what was chosen for it before. The file has it when this returns.
    Result<> keep(const Incarnation& process, const Choices& news);

    // Whatever was kept of those terms, by whomever. The file has it when this returns.
    Result<> forget(const Incarnation& process, const Choices& which);

  private:
    [[nodiscard]] Result<> write() const;
    void forget_the_dead();

    std::string path_;
    Tree proc_;
    KeptList list_{};
};

}  // namespace penstock
