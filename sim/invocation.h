// SPDX-License-Identifier: Apache-2.0
//
// Invocation: one penstock-sim command line, understood.

#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace penstock::sim {

struct Replay {
    std::string file{};                     // "-" is standard input.
    std::string policy = "fixed-priority";  // As the agent decides.
    std::optional<Duration> interval{};     // Of lines, in recorded time; every tick when absent.
    bool json = false;
};

// One alternative for each verb.
using Verb = std::variant<Replay>;

// Text that answers the command line by itself: help and version.
struct Answered {
    std::string text{};
};

// `arguments` are those behind the program's name.
Result<std::variant<Verb, Answered>> parse(std::vector<std::string> arguments);

}  // namespace penstock::sim
