// SPDX-License-Identifier: Apache-2.0
//
// Stage: a folder that looks like a machine, one source that reads it, and what the agent's book of
// quantities makes of its readings. Time passes when the test says so.

#pragma once

#include <string>
#include <variant>

#include "agent/probes/real_machine.h"
#include "agent/probes/source.h"
#include "agent/state/quantity_book.h"
#include "tests/fakes/scratch_tree.h"

namespace penstock::fakes {

inline constexpr SourceId on_stage{.kind = 7};

class Stage {
  public:
    explicit Stage(const std::string& root = "")
        : machine_(RealMachine::below(root.empty() ? tree_.root() : root)) {}

    void write(const std::string& path, const std::string& text) { tree_.write(path, text); }

    void remove(const std::string& path) { tree_.remove(path); }

    [[nodiscard]] const std::string& root() const { return tree_.root(); }

    Machine& machine() { return machine_; }

    Opened open(Source& source) { return source.open(machine_, {}, on_stage); }

    // The sentence with which it opens, whatever it says by it.
    std::string says(Source& source) {
        const Opened opened = open(source);
        if (const auto* available = std::get_if<Available>(&opened)) {
            return available->what;
        }
        if (const auto* later = std::get_if<Later>(&opened)) {
            return later->why;
        }
        return std::get<Absent>(opened).why;
    }

    bool opens(Source& source) { return std::holds_alternative<Available>(open(source)); }

    // One turn of the source after that much time.
    bool read(Source& source, Duration after = std::chrono::seconds(1)) {
        now_ += after;
        readings_.clear();
        const bool more = source.read(now_, readings_);
        for (const CounterReading& reading : readings_.counters) {
            book_.absorb(reading);
        }
        for (const LevelReading& reading : readings_.levels) {
            book_.absorb(reading);
        }
        return more;
    }

    [[nodiscard]] const Readings& readings() const { return readings_; }

    // The present rate or level, and why there is none.
    [[nodiscard]] Sample<double> of(const Place& place, Quantity quantity) const {
        Sample<double> found{.source = "nobody measures it"};
        book_.each([&](const Place& where, Quantity what, const QuantityBook::Known& known) {
            if (where == place && what == quantity) {
                found = known.now;
            }
        });
        return found;
    }

    [[nodiscard]] std::string why(const Place& place, Quantity quantity) const {
        return std::string(of(place, quantity).source.text());
    }

    [[nodiscard]] std::uint64_t odd() const { return book_.odd_readings(); }

  private:
    ScratchTree tree_;
    RealMachine machine_;
    TimePoint now_{std::chrono::hours(1)};
    Readings readings_;
    QuantityBook book_;
};

}  // namespace penstock::fakes
