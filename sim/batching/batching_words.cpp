// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/batching_words.h"

#include <fmt/format.h>

#include <cmath>

namespace penstock::sim {

CLI::App* BatchingWords::add_to(CLI::App& app) {
    CLI::App* verb = app.add_subcommand(
        "batching", "Serve a trace of generation requests in batches, and print what it comes to");
    verb->add_option("REQUESTS", batching.requests, "A CSV file of requests")->required();
    verb->add_option("CONFIG", batching.config, "A JSON file: mode, devices and times")->required();
    verb->add_option("--set", batching.changes, "Instead of what CONFIG says, such as b_max=64")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
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
    verb->add_option("--scale-at",
                     scales,
                     "Take only this part of a usual batch, 0 to 1, from so many seconds on, as "
                     "while others need the memory")
        ->type_name("SECONDS:SCALE,...");
    add_tasks(*verb);
    verb->add_flag("--json", batching.json, "Print one JSON object also of several runs");
    return verb;
}

// What is written of one run makes no sense of several, and a search draws nothing.
void BatchingWords::add_tasks(CLI::App& verb) {
    CLI::Option* compares =
        verb.add_flag("--compare", compare, "Print static batches and other modes side by side");
    verb.add_option("--modes", batching.modes, "Which other modes those are; all of them")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->needs(compares);
    CLI::Option* sweeps = verb.add_option(
        "--sweep", batching.sweep, "Print runs with these values of a key side by side");
    sweeps->type_name("KEY=VALUE,...")->excludes(compares);
    CLI::Option* rates = verb.add_option(
        "--rates", batching.rates, "Run each at these multiples of the trace's rate");
    rates->delimiter(',')->allow_extra_args(false)->type_name("SCALE,...");
    CLI::Option* searches = verb.add_flag(
        "--capacity", capacity, "Find the highest rate at which few enough requests are late");
    searches->excludes(compares)->excludes(sweeps)->excludes(rates);
    verb.add_option("--late", batching.most_late_percent, "Percent that may be late at capacity")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str()
        ->needs(searches);
    const auto add_file = [&](const char* name, std::string& into, const char* help) {
        verb.add_option(name, into, help)
            ->type_name("FILE")
            ->excludes(compares)
            ->excludes(sweeps)
            ->excludes(rates)
            ->excludes(searches);
    };
    add_file("--out-requests", batching.out_requests, "Write a line per request");
    add_file("--out-events", batching.out_events, "Write a line per event");
    add_file("--chrome-trace",
             batching.chrome_trace,
             "Write each device's batches, for Perfetto and Chrome's trace viewer");
    verb.add_option("--gnuplot", batching.gnuplot, "Write latency and throughput, to be drawn")
        ->type_name("FOLDER")
        ->excludes(searches);
}

Result<Batching> BatchingWords::verb() {
    constexpr std::size_t most_rates = 1000;
    if (!arrivals.empty()) {
        const Result<ArrivalProcess> process = parse_arrivals(arrivals);
        if (!process) {
            return fail(process.error(), "--arrivals");
        }
        batching.arrivals = *process;
    }
    if (!scales.empty()) {
        Result<ScaleCourse> course = parse_scales(scales);
        if (!course) {
            return fail(course.error(), "--scale-at");
        }
        batching.scales = std::move(*course);
    }
    if (batching.rates.size() > most_rates) {
        return fail(fmt::format("more than {} rates", most_rates));
    }
    if (std::isnan(batching.most_late_percent)) {  // Which is not out of any range.
        return fail("--late is no number of percent");
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

}  // namespace penstock::sim
