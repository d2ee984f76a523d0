// SPDX-License-Identifier: Apache-2.0
//
// Unit watch: finds units in the hierarchy of control groups whose names the administrator has
// given, and measures how much of the processors each uses.
//
// One folder or file in each turn, so that no tick waits for a machine with very many of them. What
// a unit makes below its own group is its own affair and is not looked into, as what a user's
// manager calls units is not.

#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/tree.h"
#include "policies/cpu_throttle.h"

namespace penstock {

class UnitWatch {
  public:
    using Wanted = std::function<bool(const std::string& unit)>;

    // Slices beyond these, and units beyond those, are not seen.
    static constexpr std::size_t most_slices = 1024;
    static constexpr std::size_t most_units = 64;

    // A quota lets a unit run in bursts of a tenth of a second.
    static constexpr Duration shortest_measurement{std::chrono::milliseconds(400)};
    static constexpr Duration walks_apart{std::chrono::seconds(2)};

    UnitWatch(const std::string& cgroups, Wanted wanted)
        : cgroups_(cgroups), wanted_(std::move(wanted)) {}

    // Reads one thing more.
    void turn(TimePoint now);

    // What has been read is too old to go on from.
    void forget();

    // As of the last walk; each with its last measurement.
    [[nodiscard]] std::span<const UnitUse> units() const { return units_; }

  private:
    struct Reading {
        std::optional<std::uint64_t> usec{};
        TimePoint when{};
    };

    void walk(TimePoint now);
    void end_walk(TimePoint now);
    void measure(std::size_t place, TimePoint now);

    Tree cgroups_;
    Wanted wanted_;
    std::vector<UnitUse> units_{};
    std::vector<Reading> readings_{};  // One for each unit.
    std::vector<UnitUse> found_{};     // By the walk that is under way.
    std::vector<std::string> slices_{};
    std::size_t next_slice_ = 0;
    std::size_t next_unit_ = 0;
    TimePoint walk_due_{};
    bool walking_ = false;
};

}  // namespace penstock
