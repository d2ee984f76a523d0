// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <cstdio>

#include "sim/fleet_run.h"
#include "sim/gnuplot.h"
#include "sim/machine/simulation.h"
#include "sim/progress.h"
#include "sim/report.h"
#include "sim/scenario_text.h"
#include "sim/verbs.h"
#include "sim/whole_file.h"

namespace penstock::sim {
namespace {

std::string text_of(const Comparison& comparison, ScenarioRun::Form form) {
    switch (form) {
        case ScenarioRun::Form::table:
            return tables(comparison);
        case ScenarioRun::Form::side_by_side:
            return side_by_side(comparison);
        case ScenarioRun::Form::json:
            return json_text(comparison);
        case ScenarioRun::Form::csv:
            return csv_text(comparison);
    }
    return {};  // Not one of the enumerators.
}

// Each trace that ends early says when.
Result<> write_trace(const Scenario& scenario,
                     const std::vector<RunTrace>& traces,
                     const std::string& file) {
    constexpr double ns_per_s = 1e9;
    for (const RunTrace& trace : traces) {
        if (const std::optional<TimePoint> end = trace.full_at()) {
            fmt::print(stderr,
                       "penstock-sim: the trace of {} ends after {:.3f} s, with {} entries\n",
                       trace.policy(),
                       static_cast<double>((*end - Simulation::origin).count()) / ns_per_s,
                       RunTrace::most_entries);
        }
    }
    return write_whole(file, chrome_trace(scenario, traces));
}

// What a fleet comes to is not compared with each job alone: that would be another fleet.
Result<> run_nodes(const Scenario& scenario, const ScenarioRun& verb) {
    if (verb.form == ScenarioRun::Form::csv || verb.form == ScenarioRun::Form::side_by_side ||
        !verb.chrome_trace.empty() || !verb.gnuplot.empty()) {
        return fail("of a fleet there are tables, and --json");
    }
    const Result<Fleet> fleet = Fleet::make(scenario);
    if (!fleet) {
        return std::unexpected(fleet.error());
    }
    std::vector<RunFigures> runs;
    for (const std::string& policy : verb.policies) {
        Result<RunFigures> figures = run_fleet(*fleet, policy, verb.threads);
        if (!figures) {
            return std::unexpected(std::move(figures).error());
        }
        runs.push_back(std::move(*figures));
    }
    fmt::print(
        "{}",
        verb.form == ScenarioRun::Form::json ? fleet_json(*fleet, runs) : fleet_text(*fleet, runs));
    return {};
}

}  // namespace

Result<> run(const ScenarioRun& verb) {
    Result<ScenarioRead> read = load_scenario(verb.file, verb.changes);
    if (!read) {
        return std::unexpected(std::move(read).error());
    }
    for (const config::Remark& remark : read->remarks.all()) {
        fmt::print(stderr, "{}: {}\n", to_text(remark.place), remark.sentence);
    }
    if (read->remarks.errors() > 0) {
        return fail(fmt::format("{} is not a scenario", verb.file));
    }
    Scenario& scenario = read->scenario;
    scenario.seed = verb.seed.value_or(scenario.seed);
    scenario.duration = verb.duration.value_or(scenario.duration);
    // A warm-up that would leave nothing to measure is shortened.
    if (scenario.warm_up >= scenario.duration) {
        scenario.warm_up = scenario.duration / 10;
    }
    scenario.fleet.nodes = verb.nodes.value_or(scenario.fleet.nodes);
    if (scenario.fleet.nodes > 1) {
        return run_nodes(scenario, verb);
    }
    std::vector<RunTrace> traces;
    traces.reserve(verb.policies.size());
    const Result<Comparison> comparison = compare(
        scenario,
        verb.policies,
        {.traces = verb.chrome_trace.empty() ? nullptr : &traces, .progress = &show_progress});
    if (!comparison) {
        return std::unexpected(comparison.error());
    }
    fmt::print("{}", text_of(*comparison, verb.form));
    if (!verb.gnuplot.empty()) {
        if (Result<> written = write_plots(plots_of(*comparison), verb.gnuplot); !written) {
            return written;
        }
    }
    return verb.chrome_trace.empty() ? Result<>()
                                     : write_trace(scenario, traces, verb.chrome_trace);
}

}  // namespace penstock::sim
