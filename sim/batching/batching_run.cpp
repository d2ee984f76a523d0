// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/batching_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace penstock::sim {

Result<BatchingRun> run_batching(const BatchingInputs& inputs,
                                 const std::vector<std::string>& changes,
                                 const RunAudience& audience) {
    ConfigValues values = inputs.values;
    for (const std::string& change : changes) {
        if (Result<> done = values.change(change); !done) {
            return std::unexpected(std::move(done).error());
        }
    }
    Result<BatchingConfig> config = make_config(values);
    if (!config) {
        return std::unexpected(std::move(config).error());
    }
    if (inputs.calibration) {
        config->service = inputs.calibration->service;
    }
    if (Result<> fits = fit_to_trace(*config, values, inputs.trace); !fits) {
        return std::unexpected(std::move(fits).error());
    }
    Result<Trace> trace = make_trace(inputs.trace, config->rps_scale);
    if (!trace) {
        return std::unexpected(std::move(trace).error());
    }
    Result<Outcome> outcome = simulate(*config, *trace, audience, inputs.scales);
    if (!outcome) {
        return std::unexpected(std::move(outcome).error());
    }
    Result<BatchingFigures> figures = figures_of(*config, *trace, *outcome);
    if (!figures) {
        return std::unexpected(std::move(figures).error());
    }
    return BatchingRun{.config = std::move(*config),
                       .trace = std::move(*trace),
                       .outcome = std::move(*outcome),
                       .figures = *figures};
}

std::vector<Variant> variants_to_compare(const std::vector<std::string>& modes) {
    std::vector<Variant> variants;
    for (const int fixed : {8, 32, 64}) {
        variants.push_back({.name = fmt::format("static_fifo B={}", fixed),
                            .changes = {"mode=static_fifo", fmt::format("b_fixed={}", fixed)},
                            .series = fmt::format("static_fifo B={}", fixed)});
    }
    const std::vector<std::string> others{
        "dynamic_no_bins", "multi_bin_dynamic", "multi_bin_fixed", "continuous"};
    for (const std::string& mode : modes.empty() ? others : modes) {
        variants.push_back({.name = mode, .changes = {"mode=" + mode}, .series = mode});
    }
    return variants;
}

Result<std::vector<Variant>> variants_to_sweep(std::string_view sweep) {
    constexpr std::size_t most_values = 1000;
    const std::size_t sign = sweep.find('=');
    if (sign == std::string_view::npos || sign == 0) {
        return fail(printable(sweep) + " is no KEY=VALUE,VALUE...");
    }
    const std::vector<std::string_view> values = split(sweep.substr(sign + 1), ',');
    if (values.size() > most_values) {
        return fail(fmt::format("more than {} values to sweep through", most_values));
    }
    std::vector<Variant> variants;
    for (const std::string_view value : values) {
        const std::string change = fmt::format("{}={}", sweep.substr(0, sign), value);
        variants.push_back(
            {.name = printable(change), .changes = {change}, .series = printable(change)});
    }
    return variants;
}

std::vector<Variant> at_rates(std::vector<Variant> variants, const std::vector<double>& rates) {
    if (rates.empty()) {
        return variants;
    }
    std::vector<Variant> all;
    for (const Variant& variant : variants) {
        for (const double rate : rates) {
            Variant& added = all.emplace_back(variant);
            added.name += fmt::format("{}x{:g}", variant.name.empty() ? "" : " ", rate);
            added.changes.push_back(fmt::format("rps_scale={}", rate));
        }
    }
    return all;
}

NamedFigures named_figures(const Variant& variant, const BatchingRun& run) {
    return {.name = variant.name,
            .series = variant.series,
            .figures = run.figures,
            .curve = latency_curve(run.trace, run.outcome)};
}

Result<std::vector<NamedFigures>> run_variants(const BatchingInputs& inputs,
                                               const std::vector<Variant>& variants,
                                               const VariantAudience& audience) {
    std::vector<NamedFigures> runs;
    for (const Variant& variant : variants) {
        const Result<BatchingRun> run = run_batching(inputs, variant.changes);
        if (!run) {
            return fail(run.error(), variant.name);
        }
        runs.push_back(audience.wants_curves ? named_figures(variant, *run)
                                             : NamedFigures{.name = variant.name,
                                                            .series = variant.series,
                                                            .figures = run->figures});
        if (audience.progress) {
            audience.progress(runs.size(), variants.size());
        }
    }
    return runs;
}

std::string range_warning(const BatchingInputs& inputs, const BatchingRun& run) {
    if (!inputs.calibration) {
        return "";
    }
    const GridRange& range = inputs.calibration->range;
    const Outcome& outcome = run.outcome;
    std::string text;
    if (outcome.smallest < range.fewest || outcome.largest > range.most) {
        text +=
            fmt::format("batches of {} to {} requests were simulated, and {} to {} calibrated\n",
                        outcome.smallest,
                        outcome.largest,
                        range.fewest,
                        range.most);
    }
    // Iterations do not depend on how long anything is.
    if (!run.figures.continuous &&
        (outcome.shortest_batch < range.shortest || outcome.longest_batch > range.longest)) {
        text += fmt::format("batches of {} to {} tokens were simulated, and {} to {} calibrated\n",
                            outcome.shortest_batch,
                            outcome.longest_batch,
                            range.shortest,
                            range.longest);
    }
    return text;
}

std::string requests_csv(const BatchingRun& run) {
    std::string text = "id,arrival_ns,start_ns,first_ns,completion_ns,gpu,latency_ns\n";
    for (const std::uint32_t number : run.trace.by_id) {
        const RequestOutcome& request = run.outcome.requests[number];
        const std::int64_t arrival = run.trace.arrivals_ns[number];
        const std::int64_t latency = request.completion_ns - arrival;
        auto out = std::back_inserter(text);
        fmt::format_to(out, "{},{},{},", run.trace.ids[number], arrival, request.start_ns);
        if (request.first_ns >= 0) {
            fmt::format_to(out, "{}", request.first_ns);
        }
        fmt::format_to(out, ",{},{},{}\n", request.completion_ns, request.device, latency);
    }
    return text;
}

}  // namespace penstock::sim
