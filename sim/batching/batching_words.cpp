// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/batching_words.h"

namespace penstock::sim {

CLI::App* BatchingWords::add_to(CLI::App& app) {
    CLI::App* verb = app.add_subcommand(
        "batching", "Serve a trace of generation requests in batches, and print what it comes to");
    verb->add_option("REQUESTS", batching.requests, "A CSV file of requests")->required();
    verb->add_option("CONFIG", batching.config, "A JSON file: mode, devices and times")->required();
    verb->add_option("--set", batching.changes, "Instead of what CONFIG says, such as b_max=64")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    CLI::Option* compares =
        verb->add_flag("--compare", compare, "Print static batches and other modes side by side");
    verb->add_option("--modes", batching.modes, "Which other modes those are; all of them")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->needs(compares);
    CLI::Option* sweeps = verb->add_option(
        "--sweep", batching.sweep, "Print runs with these values of a key side by side");
    sweeps->type_name("KEY=VALUE,...")->excludes(compares);
    CLI::Option* searches = verb->add_flag(
        "--capacity", capacity, "Find the highest rate at which few enough requests are late");
    searches->excludes(compares)->excludes(sweeps);
    verb->add_option("--late", batching.most_late_percent, "Percent that may be late at capacity")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str()
        ->needs(searches);
    verb->add_option("--calibration",
                     batching.calibration,
                     "A CSV file of measurements, whose fit replaces CONFIG's latency")
        ->type_name("GRID");
    CLI::Option* draws = verb->add_option("--arrivals",
                                          arrivals,
                                          "Instead of the trace's: poisson:RATE, gamma:RATE:CV, "
                                          "bursts:RATE[:ON_SECONDS:OFF_SECONDS]");
    verb->add_option("--seed", batching.seed, "Of those arrivals")
        ->capture_default_str()
        ->needs(draws);
    verb->add_option("--out-requests", batching.out_requests, "Write a line per request")
        ->type_name("FILE")
        ->excludes(compares)
        ->excludes(sweeps)
        ->excludes(searches);
    verb->add_option("--out-events", batching.out_events, "Write a line per event")
        ->type_name("FILE")
        ->excludes(compares)
        ->excludes(sweeps)
        ->excludes(searches);
    verb->add_flag("--json", batching.json, "Print one JSON object also of several runs");
    return verb;
}

Result<Batching> BatchingWords::verb() {
    if (!arrivals.empty()) {
        const Result<ArrivalProcess> process = parse_arrivals(arrivals);
        if (!process) {
            return fail(process.error(), "--arrivals");
        }
        batching.arrivals = *process;
    }
    if (compare) {
        batching.task = Batching::Task::compare;
    } else if (!batching.sweep.empty()) {
        batching.task = Batching::Task::sweep;
    } else if (capacity) {
        batching.task = Batching::Task::capacity;
    }
    return std::move(batching);
}

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

}  // namespace penstock::sim
