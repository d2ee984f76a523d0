// SPDX-License-Identifier: Apache-2.0

#include "sim/invocation.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace penstock::sim {
namespace {

constexpr std::uint64_t longest_interval_ms = 24ULL * 60 * 60 * 1000;

}  // namespace

Result<std::variant<Verb, Answered>> parse(std::vector<std::string> arguments) {
    CLI::App app("Run Penstock's decisions on recorded machines", "penstock-sim");
    app.set_version_flag("--version", "penstock-sim " PENSTOCK_VERSION);
    app.require_subcommand(1);

    Replay replay;
    std::uint64_t interval_ms = 0;
    CLI::App* verb = app.add_subcommand(
        "replay", "Play what penstockctl record wrote through the agent's sources and policies");
    verb->add_option("FILE", replay.file, "A recording, or - for standard input")->required();
    verb->add_option("--policy", replay.policy, "Who decides")->capture_default_str();
    verb->add_flag("--json", replay.json, "Print a line per tick, as penstockctl tail --json");
    verb->add_option("--interval", interval_ms, "Milliseconds of recorded time between lines")
        ->check(CLI::Range(std::uint64_t{1}, longest_interval_ms));

    // CLI11 takes the words from the back.
    std::ranges::reverse(arguments);
    try {
        app.parse(std::move(arguments));
    } catch (const CLI::CallForHelp&) {
        return Answered{app.help()};
    } catch (const CLI::CallForVersion& version) {
        return Answered{std::string(version.what()) + '\n'};
    } catch (const CLI::ParseError& error) {
        return fail(error.what());
    }
    if (interval_ms != 0) {
        replay.interval = std::chrono::milliseconds(interval_ms);
    }
    return Verb{std::move(replay)};
}

}  // namespace penstock::sim
