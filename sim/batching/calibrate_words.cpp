// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/calibrate_words.h"

#include <cmath>

#include "policies/batching/batching_settings.h"
#include "policies/batching/request.h"

namespace penstock::sim {

CLI::App* CalibrateWords::add_to(CLI::App& app) {
    CLI::App* verb =
        app.add_subcommand("calibrate", "Fit the time that batches take to a grid of measurements");
    verb->add_option("GRID", calibrate.grid, "A CSV file of measurements")->required();
    verb->add_option("--kind", kind, "What the time is made of")
        ->check(CLI::IsMember({"seed", "linear"}))
        ->capture_default_str();
    return verb;
}

Calibrate CalibrateWords::verb() {
    calibrate.kind =
        kind == "seed" ? batching::ServiceTime::Kind::seed : batching::ServiceTime::Kind::linear;
    return std::move(calibrate);
}

CLI::App* CalibrateGridWords::add_to(CLI::App& app) {
    constexpr std::uint32_t most_repeats = 1000;
    constexpr double longest_of_all_s = 86'400;
    GridPlan& plan = measure.plan;
    CLI::App* verb = app.add_subcommand("calibrate-grid",
                                        "Measure such a grid by a command that serves one batch");
    verb->add_option("GRID", measure.grid, "The CSV file to be written")->required();
    verb->add_option("COMMAND",
                     plan.command,
                     "A program and its arguments, behind --, with {batch} and {length} in them or "
                     "to be appended")
        ->required()
        ->expected(1, -1);
    verb->add_option("--batches", plan.batches, "Requests in a batch")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::Range(std::uint32_t{1}, batching::largest_batch))
        ->type_name("NUMBER,...");
    verb->add_option("--lengths", plan.lengths, "Tokens of the longest of them")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::Range(std::uint32_t{1}, 2 * batching::most_tokens))
        ->type_name("NUMBER,...");
    verb->add_option("--repeats", plan.repeats, "How often each is measured; the median counts")
        ->check(CLI::Range(std::uint32_t{1}, most_repeats))
        ->capture_default_str();
    verb->add_option("--warm-ups", plan.warm_ups, "How often before that, which does not count")
        ->check(CLI::Range(std::uint32_t{0}, most_repeats))
        ->capture_default_str();
    verb->add_option("--longest", longest_s, "Seconds that one measurement may take")
        ->check(CLI::Range(0.001, longest_of_all_s))
        ->capture_default_str();
    verb->add_flag("--timed",
                   plan.limits.timed,
                   "Take how long the command runs, instead of the seconds that it prints");
    return verb;
}

Result<CalibrateGrid> CalibrateGridWords::verb() {
    if (std::isnan(longest_s)) {  // Which is not out of any range.
        return fail("--longest is no number of seconds");
    }
    measure.plan.limits.longest =
        std::chrono::ceil<Duration>(std::chrono::duration<double>(longest_s));
    if (Result<> checked = check(measure.plan); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    return std::move(measure);
}

}  // namespace penstock::sim
