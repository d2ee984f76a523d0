// SPDX-License-Identifier: Apache-2.0
//
// Memory bus: the DRAM of the emulated machine, which its APUs share with the processors.
//
// The processors are real, and so is what they move; but it is not this machine's memory that
// counts. A program that stands for work on the emulated machine's processors says how much it
// would move, reads back how fast that goes, and slows itself down. What it said counts for a
// moment, so that whoever ends or hangs is soon forgotten.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/shared_bus.h"
#include "base/units.h"

namespace penstock::emulator {

class MemoryBus {
  public:
    static constexpr Duration remembered{std::chrono::milliseconds(100)};
    static constexpr std::size_t most_programs = 64;
    static constexpr std::size_t longest_name = 32;

    explicit MemoryBus(const SharedBus& bus) : bus_(bus) {}

    // Lines "processors NAME BYTES_PER_SECOND". False, and nothing is noted, where one makes no
    // sense or there are too many programs.
    [[nodiscard]] bool note(std::string_view lines, TimePoint now);

    // `devices` is what they ask for, in bytes per second. How fast work that waits for memory
    // goes on, in 1024ths.
    [[nodiscard]] std::int64_t speed(std::uint64_t devices, TimePoint now) const;

    // Of what the processors ask for, what they get, in bytes per second.
    [[nodiscard]] std::uint64_t moved_by_processors(std::uint64_t devices, TimePoint now) const;

    // A name and a number in each line.
    [[nodiscard]] std::string text(std::uint64_t devices, TimePoint now) const;

  private:
    struct Program {
        std::uint64_t rate = 0;
        TimePoint said{};
    };

    using Programs = std::map<std::string, Program, std::less<>>;

    [[nodiscard]] std::uint64_t asked_by_processors(TimePoint now) const;

    SharedBus bus_;
    Programs programs_{};
};

}  // namespace penstock::emulator
