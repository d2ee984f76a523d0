// SPDX-License-Identifier: Apache-2.0
//
// Options: what the command line of penstock-split-inference says.

#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "base/units.h"
#include "client/examples/split_inference/operations.h"

namespace penstock::split_inference {

enum class Side : std::uint8_t { graphics, processors };

// How the sides keep out of each other's way.
enum class Control : std::uint8_t {
    none,
    token,   // One operation at a time, of all programs together.
    leases,  // Each keeps to the bandwidth that it has a lease of.
};

struct Options {
    Side side = Side::graphics;
    Control control = Control::none;
    std::string name{};
    std::uint64_t rate = 0;                         // Bytes per second, alone.
    Duration token{std::chrono::milliseconds(20)};  // For a token of text, alone.

    // Of one operation's part of a token.
    [[nodiscard]] std::uint64_t bytes_of_a_part() const {
        const double seconds = std::chrono::duration<double>(token).count() / all_parts;
        return static_cast<std::uint64_t>(static_cast<double>(rate) * seconds);
    }

    std::string lease_class{};  // "": by the process' Class.
    std::string bus = "system";
    std::string memory{};  // The emulated machine's: emulator/memory.
    std::string kfd = "/dev/kfd";
    std::string sysfs = "/sys";
    std::string log{};  // Where the tokens' times go; none when empty.
};

// On failure, and after --help, what to exit with; the text has been printed.
[[nodiscard]] std::expected<Options, int> parse_options(int count, char** arguments);

}  // namespace penstock::split_inference
