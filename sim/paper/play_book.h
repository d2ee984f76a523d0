// SPDX-License-Identifier: Apache-2.0
//
// Play book: which scenarios have to be played for the papers' experiments, and what came of each.
//
// A play is one run of a shipped scenario. Several experiments ask for the same one; it is played
// once. Plays know nothing of each other, so that they may be played at the same time: the figures
// are those of one after the other.

#pragma once

#include <compare>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sim/machine/figures.h"

namespace penstock::sim {

struct Play {
    std::string scenario{};  // A file's name without its end.
    std::string policy{};    // As of `penstock-sim run`.
    std::string alone{};     // Nobody but this job has work; empty: all have.
    auto operator<=>(const Play&) const = default;
};

class PlayBook {
  public:
    void keep(const Play& play, RunFigures figures) { played_[play] = std::move(figures); }

    // Of one that was kept.
    [[nodiscard]] const RunFigures& of(const Play& play) const { return played_.at(play); }

  private:
    std::map<Play, RunFigures> played_{};
};

// Told how many of how many plays are over; from one thread at a time.
using Progress = std::function<void(std::size_t done, std::size_t all)>;

// Plays what lies in the folder, on as many threads. The first failure, in the order of plays.
[[nodiscard]] Result<PlayBook> play_all(const std::string& folder,
                                        const std::set<Play>& plays,
                                        unsigned threads,
                                        const Progress& progress);

}  // namespace penstock::sim
