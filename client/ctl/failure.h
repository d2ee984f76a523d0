// SPDX-License-Identifier: Apache-2.0
//
// Failure: why the command ends without success, and the exit status that says so to a script.

#pragma once

#include <expected>
#include <string>
#include <utility>

namespace penstock::ctl {

enum class Exit : unsigned char {
    success = 0,
    refused = 1,      // The agent answered, and the answer was no.
    usage = 2,        // The command line makes no sense.
    unreachable = 3,  // No bus, or no agent on it.
};

struct Failure {
    Exit exit = Exit::refused;
    std::string sentence{};
};

template <typename T = void>
using Outcome = std::expected<T, Failure>;

[[nodiscard]] inline std::unexpected<Failure> fail(Exit exit, std::string sentence) {
    return std::unexpected(Failure{.exit = exit, .sentence = std::move(sentence)});
}

}  // namespace penstock::ctl
