// SPDX-License-Identifier: Apache-2.0

#include "sim/invocation.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "agent/config/values.h"
#include "base/text.h"
#include "policies/setting_table.h"
#include "sim/batching/batching_words.h"
#include "sim/batching/calibrate_words.h"
#include "sim/fleet_run.h"

namespace penstock::sim {
namespace {

constexpr Duration longest_run = std::chrono::hours(24);
constexpr std::uint64_t longest_interval_ms = 24ULL * 60 * 60 * 1000;

Result<> set(const std::string& word, PolicySettings& into) {
    const std::size_t sign = word.find('=');
    if (sign == std::string::npos) {
        return fail("--set " + printable(word) + " is no KEY=VALUE of a [Policy] section");
    }
    const PolicySetting* setting = find_setting(word.substr(0, sign));
    if (setting == nullptr) {
        return fail("--set: " + no_such_setting(word.substr(0, sign)));
    }
    Result<> done = read_setting(*setting, std::string_view(word).substr(sign + 1), into);
    return done ? done
                : fail("--set " + std::string(setting->name) + ": " + done.error().message());
}

struct ReplayWords {
    Replay replay{};
    std::uint64_t interval_ms = 0;
    std::vector<std::string> settings{};

    CLI::App* add_to(CLI::App& app) {
        CLI::App* verb = app.add_subcommand(
            "replay",
            "Decide again what penstockd --decisions recorded, or play what penstockctl record "
            "wrote through the agent's sources and policies");
        verb->add_option("FILE", replay.file, "A recording, or - for standard input")->required();
        verb->add_option("--policy", replay.policy, "Who decides, instead of who did");
        verb->add_option("--set", settings, "KEY=VALUE of that policy, as in a [Policy] section");
        verb->add_flag("--json", replay.json, "Print JSON; of measurements a line per tick");
        verb->add_option("--interval", interval_ms, "Milliseconds of recorded time between lines")
            ->check(CLI::Range(std::uint64_t{1}, longest_interval_ms));
        return verb;
    }

    Result<Verb> verb() {
        if (interval_ms != 0) {
            replay.interval = std::chrono::milliseconds(interval_ms);
        }
        if (!settings.empty() && !replay.policy) {
            return fail("--set needs --policy");
        }
        for (const std::string& setting : settings) {
            if (Result<> taken = set(setting, replay.settings); !taken) {
                return std::unexpected(std::move(taken).error());
            }
        }
        return std::move(replay);
    }
};

// Takes what replay takes, of records of decisions only.
struct ReportWords {
    Report report{};

    CLI::App* add_to(CLI::App& app) {
        CLI::App* verb = app.add_subcommand(
            "report",
            "Tell who waited for whom, and why, from what penstockd --decisions recorded");
        verb->add_option("FILE", report.file, "A record, or - for standard input")->required();
        verb->add_flag("--json", report.json, "Print one JSON object");
        return verb;
    }

    Result<Verb> verb() { return std::move(report); }
};

struct RunWords {
    ScenarioRun run{};
    std::string until{};
    bool json = false;
    bool csv = false;
    bool compare = false;

    CLI::App* add_to(CLI::App& app) {
        CLI::App* verb =
            app.add_subcommand("run", "Run policies on the modelled machine of a scenario");
        verb->add_option("SCENARIO", run.file, "A file of [Device], [Job] and [Policy] sections")
            ->required();
        verb->add_option("--policy",
                         run.policies,
                         "Who decides, one run for each: a [Policy] of the scenario, any of the "
                         "agent's, or native")
            ->delimiter(',')
            ->allow_extra_args(false)
            ->required();
        verb->add_option("--set",
                         run.changes,
                         "Instead of what the file says, such as "
                         "Memory.Control=token")
            ->type_name("SECTION.KEY=VALUE")
            ->allow_extra_args(false);
        verb->add_option("--seed", run.seed, "Instead of the scenario's Seed=");
        verb->add_option("--until", until, "Instead of its DurationSec=, such as 500ms");
        verb->add_option("--chrome-trace",
                         run.chrome_trace,
                         "Write who ran when, for Perfetto and Chrome's trace viewer")
            ->type_name("FILE");
        verb->add_option("--gnuplot", run.gnuplot, "Write latency and shares, to be drawn")
            ->type_name("FOLDER");
        verb->add_option("--nodes", run.nodes, "Instead of its [Fleet] Nodes=")
            ->check(CLI::Range(std::uint32_t{1}, most_nodes));
        verb->add_option("--threads", run.threads, "In which the nodes of a fleet are run")
            ->check(CLI::Range(std::uint32_t{1}, most_threads))
            ->capture_default_str();
        CLI::Option* as_json = verb->add_flag("--json", json, "Print one JSON object");
        CLI::Option* as_csv = verb->add_flag("--csv", csv, "Print a line per policy and job");
        verb->add_flag("--compare", compare, "Print the policies side by side")
            ->excludes(as_json)
            ->excludes(as_csv);
        as_json->excludes(as_csv);
        return verb;
    }

    Result<Verb> verb() {
        if (!until.empty()) {
            const Result<Duration> span = config::parse_time_span(until);
            if (!span || *span < std::chrono::milliseconds(1) || *span > longest_run) {
                return fail("--until is not a time span from 1ms to 1d");
            }
            run.duration = *span;
        }
        if (json) {
            run.form = ScenarioRun::Form::json;
        } else if (csv) {
            run.form = ScenarioRun::Form::csv;
        } else if (compare) {
            run.form = ScenarioRun::Form::side_by_side;
        }
        return std::move(run);
    }
};

struct PaperWords {
    Paper paper{};
    bool json = false;
    bool csv = false;

    CLI::App* add_to(CLI::App& app) {
        CLI::App* verb =
            app.add_subcommand("paper", "Simulate the experiments of the papers, and judge them");
        verb->add_option("--only", paper.only, "Those whose id starts with PREFIX")
            ->type_name("PREFIX");
        verb->add_option("--emulated", paper.emulated, "What was measured with emulated devices")
            ->type_name("FILE");
        verb->add_option("--scenarios", paper.scenarios, "Where the scenarios lie")
            ->type_name("FOLDER");
        CLI::Option* as_json = verb->add_flag("--json", json, "Print one JSON object");
        verb->add_flag("--csv", csv, "Print a line per experiment")->excludes(as_json);
        return verb;
    }

    Verb verb() {
        if (json || csv) {
            paper.form = json ? Paper::Form::json : Paper::Form::csv;
        }
        return std::move(paper);
    }
};

}  // namespace

Result<std::variant<Verb, Answered>> parse(std::vector<std::string> arguments) {
    CLI::App app("Run Penstock's decisions on recorded and modelled machines", "penstock-sim");
    app.set_version_flag("--version", "penstock-sim " PENSTOCK_VERSION);
    app.require_subcommand(1);
    ReplayWords replay;
    RunWords run;
    PaperWords paper;
    ReportWords report;
    BatchingWords batching;
    CalibrateWords calibrate;
    CalibrateGridWords grid;
    const CLI::App* replays = replay.add_to(app);
    const CLI::App* papers = paper.add_to(app);
    const CLI::App* reports = report.add_to(app);
    const CLI::App* batches = batching.add_to(app);
    const CLI::App* calibrates = calibrate.add_to(app);
    const CLI::App* measures = grid.add_to(app);
    run.add_to(app);

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
    if (papers->parsed()) {
        return paper.verb();
    }
    if (reports->parsed()) {
        return report.verb();
    }
    if (batches->parsed()) {
        return batching.verb();
    }
    if (calibrates->parsed()) {
        return calibrate.verb();
    }
    if (measures->parsed()) {
        return grid.verb();
    }
    return replays->parsed() ? replay.verb() : run.verb();
}

}  // namespace penstock::sim
