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
#include "policies/policy_settings.h"
#include "sim/batching/batching_verb.h"
#include "sim/batching/calibration_verbs.h"

namespace penstock::sim {

struct Replay {
    std::string file{};  // "-" is standard input.
    // Instead of the recorded one; of measurements, of which none is, "fixed-priority".
    std::optional<std::string> policy{};
    PolicySettings settings{};           // Of that policy.
    std::optional<Duration> interval{};  // Of lines, in recorded time; every tick when absent.
    bool json = false;
};

// What a record of decisions shows of owners and devices.
struct Report {
    std::string file{};  // "-" is standard input.
    bool json = false;
};

struct ScenarioRun {
    enum class Form : std::uint8_t { table, side_by_side, json, csv };

    std::string file{};
    // Each is a [Policy] of the scenario, one of the catalogue, or "native".
    std::vector<std::string> policies{};
    std::vector<std::string> changes{};   // "SECTION.KEY=VALUE", instead of the file's.
    std::optional<std::uint64_t> seed{};  // Instead of the scenario's, as the next.
    std::optional<Duration> duration{};
    std::optional<std::uint32_t> nodes{};
    std::uint32_t threads = 1;   // Of a fleet.
    std::string chrome_trace{};  // A file to be written; none when empty, as the folder.
    std::string gnuplot{};
    Form form = Form::table;
};

// The papers' experiments, simulated.
struct Paper {
    enum class Form : std::uint8_t { table, json, csv };

    std::string only{};       // Those whose id starts so.
    std::string emulated{};   // A file of what was measured beside; none when empty.
    std::string scenarios{};  // The folder; the installed one when empty.
    Form form = Form::table;
};

// One alternative for each verb.
using Verb = std::variant<Replay, Report, ScenarioRun, Paper, Batching, Calibrate, CalibrateGrid>;

// Text that answers the command line by itself: help and version.
struct Answered {
    std::string text{};
};

// `arguments` are those behind the program's name.
Result<std::variant<Verb, Answered>> parse(std::vector<std::string> arguments);

}  // namespace penstock::sim
