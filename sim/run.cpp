// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <cstdio>

#include "sim/report.h"
#include "sim/scenario_text.h"
#include "sim/verbs.h"

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

}  // namespace

Result<> run(const ScenarioRun& verb) {
    Result<ScenarioRead> read = load_scenario(verb.file);
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
    // The same part of a longer or shorter run is its warm-up.
    if (scenario.warm_up >= scenario.duration) {
        scenario.warm_up = scenario.duration / 10;
    }
    const Result<Comparison> comparison = compare(scenario, verb.policies);
    if (!comparison) {
        return std::unexpected(comparison.error());
    }
    fmt::print("{}", text_of(*comparison, verb.form));
    return {};
}

}  // namespace penstock::sim
