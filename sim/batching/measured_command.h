// SPDX-License-Identifier: Apache-2.0
//
// Measured command: runs somebody's command once, for one batch, and says how long the batch took:
// what the command prints, or how long it ran.
//
// The command is a stranger: it gets no more time and prints no more than was allowed, and nothing
// that it started outlives the measurement. When we are killed, so is the command.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/stop_signal.h"
#include "base/units.h"

namespace penstock::sim {

struct CommandLimits {
    static constexpr std::size_t most_output = 4096;  // Bytes.

    Duration longest = std::chrono::seconds(60);
    bool timed = false;  // Its own run is what is measured, not what it prints.
};

// The words are a program, looked for in the PATH, and its arguments. Its standard error is ours.
// Fails as well when the signal comes.
[[nodiscard]] Result<double> measured_seconds(const std::vector<std::string>& words,
                                              const CommandLimits& limits,
                                              StopSignal& stop);

}  // namespace penstock::sim
