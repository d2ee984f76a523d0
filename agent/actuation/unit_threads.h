// SPDX-License-Identifier: Apache-2.0
//
// Unit threads: finds the threads of units in the hierarchy of control groups, one folder at a
// time, so that a tick does not wait for a unit with many of them.

#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/tree.h"

namespace penstock {

class UnitThreads {
  public:
    // However deep they lie, and however many there are.
    static constexpr std::size_t most_folders = 1024;
    static constexpr std::size_t most_threads = 4096;

    explicit UnitThreads(const std::string& cgroups) : cgroups_(cgroups) {}

    // A pass over these control groups begins; `known` are not of interest.
    void begin(std::vector<std::string> control_groups, std::set<std::uint32_t> known);

    // Looks into one folder more.
    void look();

    // Nothing is left to look into.
    [[nodiscard]] bool done() const { return next_ >= folders_.size(); }

    // Found and not taken yet, at most so many.
    [[nodiscard]] std::vector<std::uint32_t> take(std::size_t most);

    [[nodiscard]] bool empty() const { return found_.empty(); }

  private:
    Tree cgroups_;
    std::vector<std::string> folders_{};
    std::size_t next_ = 0;
    std::set<std::uint32_t> known_{};  // Also those that were found.
    std::vector<std::uint32_t> found_{};
};

}  // namespace penstock
