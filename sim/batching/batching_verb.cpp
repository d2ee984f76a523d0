// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/batching_verb.h"

#include <fmt/format.h>

#include <cstdio>

#include "sim/batching/batching_run.h"
#include "sim/batching/capacity.h"
#include "sim/batching/trace_file.h"
#include "sim/batching/whole_file.h"

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
    BatchingInputs inputs;
    Result<ConfigValues> values = ConfigValues::load(verb.config);
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

Result<> run_once(const BatchingInputs& inputs, const Batching& verb) {
    EventLog log;
    const Result<BatchingRun> run =
        run_batching(inputs, {}, verb.out_events.empty() ? nullptr : &log);
    if (!run) {
        return std::unexpected(run.error());
    }
    warn(range_warning(inputs, *run));
    fmt::print("{}\n", figures_json(run->figures));
    Result<> written;
    if (!verb.out_requests.empty()) {
        written = write_whole(verb.out_requests, requests_csv(*run));
    }
    if (written && !verb.out_events.empty()) {
        written = write_whole(verb.out_events, log.text());
    }
    return written;
}

Result<> run_several(const BatchingInputs& inputs,
                     const Batching& verb,
                     const std::vector<Variant>& variants) {
    const Result<std::vector<NamedFigures>> runs = run_variants(inputs, variants);
    if (!runs) {
        return std::unexpected(runs.error());
    }
    warn(alike_text(*runs));
    if (verb.json) {
        fmt::print("{}\n", figures_array_json(*runs));
    } else {
        fmt::print("{}", figures_table(*runs));
    }
    return {};
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
            return run_once(*inputs, verb);
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

Result<> run(const Calibrate& verb) {
    const Result<Calibration> calibration = calibrate_from(verb.grid, verb.kind);
    if (!calibration) {
        return std::unexpected(calibration.error());
    }
    fmt::print("{}\n", calibration_json(*calibration));
    return {};
}

}  // namespace penstock::sim
