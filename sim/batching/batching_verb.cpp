// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/batching_verb.h"

#include <fmt/format.h>

#include <cstdio>

#include "sim/batching/batch_trace.h"
#include "sim/batching/batching_plots.h"
#include "sim/batching/batching_run.h"
#include "sim/batching/capacity.h"
#include "sim/batching/event_log.h"
#include "sim/batching/trace_file.h"
#include "sim/progress.h"
#include "sim/whole_file.h"

namespace penstock::sim {
namespace {

// What is no figure goes to standard error, line by line.
void warn(std::string_view lines) {
    for (std::size_t begin = 0; begin < lines.size();) {
        const std::size_t end = lines.find('\n', begin);
        fmt::print(stderr, "penstock-sim: warning: {}\n", lines.substr(begin, end - begin));
        begin = end == std::string_view::npos ? lines.size() : end + 1;
    }
}

Result<BatchingInputs> read_inputs(const Batching& verb) {
    BatchingInputs inputs{.scales = verb.scales};
    Result<ConfigValues> values = load_config(verb.config);
    if (!values) {
        return std::unexpected(std::move(values).error());
    }
    inputs.values = std::move(*values);
    for (const std::string& change : verb.changes) {
        if (Result<> done = inputs.values.change(change); !done) {
            return std::unexpected(std::move(done).error());
        }
    }
    // Mistakes in the configuration are told before a long trace is read.
    const Result<BatchingConfig> config = make_config(inputs.values);
    if (!config) {
        return std::unexpected(config.error());
    }
    if (!verb.calibration.empty()) {
        Result<Calibration> calibration = calibrate_from(verb.calibration, config->service.kind);
        if (!calibration) {
            return std::unexpected(std::move(calibration).error());
        }
        inputs.calibration = std::move(*calibration);
    }
    Result<RawTrace> trace = load_requests(verb.requests);
    if (!trace) {
        return std::unexpected(std::move(trace).error());
    }
    inputs.trace = std::move(*trace);
    if (inputs.trace.left_out > 0) {
        warn(fmt::format("{}: {} requests that had failed are left out",
                         inputs.trace.file,
                         inputs.trace.left_out));
    }
    if (verb.arrivals) {
        draw_arrivals(inputs.trace, *verb.arrivals, verb.seed);
    }
    return inputs;
}

void show_requests(std::size_t done, std::size_t all) {
    show_progress_of("requests", done, all);
}

Result<> write_trace(const BatchTrace& trace, const BatchingConfig& config, const Batching& verb) {
    constexpr double ns_per_s = 1e9;
    if (const std::optional<std::int64_t> end = trace.full_at_ns()) {
        warn(fmt::format("the trace ends after {:.3f} s, with {} entries",
                         static_cast<double>(*end) / ns_per_s,
                         BatchTrace::most_entries));
    }
    return write_whole(verb.chrome_trace, trace.text("penstock-sim batching", config.devices));
}

Result<> draw(const std::vector<NamedFigures>& runs, const Batching& verb) {
    return verb.gnuplot.empty() ? Result<>() : write_plots(batching_plots(runs), verb.gnuplot);
}

Result<> write_files(const BatchingRun& run,
                     const EventLog& log,
                     const BatchTrace& trace,
                     const Batching& verb) {
    Result<> written;
    if (!verb.out_requests.empty()) {
        written = write_whole(verb.out_requests, requests_csv(run));
    }
    if (written && !verb.out_events.empty()) {
        written = write_whole(verb.out_events, log.text());
    }
    if (written && !verb.chrome_trace.empty()) {
        written = write_trace(trace, run.config, verb);
    }
    if (written && !verb.gnuplot.empty()) {
        written = draw({named_figures({.name = "latency", .series = "latency"}, run)}, verb);
    }
    return written;
}

Result<> run_once(const BatchingInputs& inputs, const Batching& verb) {
    EventLog log;
    BatchTrace trace;
    RunAudience audience{.progress = &show_requests};
    if (!verb.out_events.empty()) {
        audience.watches.push_back(&log);
    }
    if (!verb.chrome_trace.empty()) {
        audience.watches.push_back(&trace);
    }
    const Result<BatchingRun> run = run_batching(inputs, {}, audience);
    if (!run) {
        return std::unexpected(run.error());
    }
    warn(range_warning(inputs, *run));
    fmt::print("{}\n", figures_json(run->figures));
    return write_files(*run, log, trace, verb);
}

Result<> run_several(const BatchingInputs& inputs,
                     const Batching& verb,
                     std::vector<Variant> variants) {
    const Result<std::vector<NamedFigures>> runs =
        run_variants(inputs,
                     at_rates(std::move(variants), verb.rates),
                     {.wants_curves = !verb.gnuplot.empty(), .progress = &show_progress});
    if (!runs) {
        return std::unexpected(runs.error());
    }
    warn(alike_text(*runs));
    if (verb.json) {
        fmt::print("{}\n", figures_array_json(*runs));
    } else {
        fmt::print("{}", figures_table(*runs));
    }
    return draw(*runs, verb);
}

Result<> search_capacity(const BatchingInputs& inputs, const Batching& verb) {
    const Result<Capacity> capacity = find_capacity(inputs, {}, verb.most_late_percent);
    if (!capacity) {
        return std::unexpected(capacity.error());
    }
    fmt::print("{}\n", capacity_json(*capacity));
    return {};
}

}  // namespace

Result<> run(const Batching& verb) {
    const Result<BatchingInputs> inputs = read_inputs(verb);
    if (!inputs) {
        return std::unexpected(inputs.error());
    }
    switch (verb.task) {
        case Batching::Task::run:
            return verb.rates.empty() ? run_once(*inputs, verb)
                                      : run_several(*inputs, verb, {{.series = "as configured"}});
        case Batching::Task::compare:
            return run_several(*inputs, verb, variants_to_compare(verb.modes));
        case Batching::Task::sweep: {
            const Result<std::vector<Variant>> variants = variants_to_sweep(verb.sweep);
            return variants ? run_several(*inputs, verb, *variants)
                            : std::unexpected(variants.error());
        }
        case Batching::Task::capacity:
            return search_capacity(*inputs, verb);
    }
    return {};  // Not one of the enumerators.
}

}  // namespace penstock::sim
