// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/calibration_view.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "agent/probes/calibration/concurrency.h"
#include "agent/probes/calibration/memory_plan.h"
#include "agent/probes/calibration/verdict.h"
#include "client/ctl/figures.h"
#include "client/ctl/table.h"
#include "policies/leases/token.h"

namespace penstock::ctl {
namespace {

using calibration::Calibration;
using calibration::CanaryTrial;
using calibration::SignalFigures;
using nlohmann::json;

constexpr double percent = 100;

std::string signed_percent(double share) {
    return fmt::format("{:+.1f} %", share * percent);
}

std::string peak_table(const Calibration& found) {
    std::vector<std::vector<std::string>> rows;
    rows.reserve(found.peaks.size());
    for (const calibration::PeakRow& row : found.peaks) {
        rows.push_back({std::to_string(row.node),
                        std::to_string(row.cores),
                        rate_text(row.read.value),
                        rate_text(row.write.value),
                        rate_text(row.copy.value)});
    }
    return table_text({{.heading = "MEMORY", .number = true},
                       {.heading = "CORES", .number = true},
                       {.heading = "READ", .number = true},
                       {.heading = "WRITE", .number = true},
                       {.heading = "COPY", .number = true}},
                      rows);
}

std::string peak_lines(const Calibration& found) {
    std::string text;
    for (const std::uint32_t node : nodes_of(found)) {
        const calibration::Peak peak = best_peak(found, node).value_or(calibration::Peak{});
        text += fmt::format("peak of memory node {}: {}, by {} on {} {}\n",
                            node,
                            rate_text(peak.rate.value),
                            text_of(peak.kind),
                            peak.cores,
                            peak.cores == 1 ? "core" : "cores");
    }
    return text;
}

// Whether exclusive leases are of use.
std::string token_lines(const Calibration& found) {
    std::string text;
    for (const std::uint32_t node : nodes_of(found)) {
        const Sample<double> gain = gain_sample(found, node);
        text += fmt::format("exclusive leases of memory node {} are {}: {}\n",
                            node,
                            token_allowed(gain) ? "granted" : "refused",
                            token_verdict(gain));
    }
    return text;
}

std::string others_line(const Calibration& found) {
    const std::string others = others_text(found);
    return others.empty()
               ? ""
               : others + " meanwhile: repeat it on an idle machine, whose peak is higher\n";
}

std::vector<std::string> signal_row(const char* name, const SignalFigures& figures) {
    return {name,
            fmt::format("{:.1f} ns", figures.alone_ns),
            fmt::format("{:.1f} ns", figures.loaded_ns),
            signed_percent(figures.change),
            fmt::format("{} .. {}",
                        signed_percent(figures.interval.low),
                        signed_percent(figures.interval.high)),
            fmt::format("{:.3f}", figures.auc)};
}

std::string canary_table(const CanaryTrial& trial) {
    const std::string table =
        table_text({{.heading = "CANARY"},
                    {.heading = "ALONE", .number = true},
                    {.heading = "LOADED", .number = true},
                    {.heading = "CHANGE", .number = true},
                    {.heading = "95 % OF IT", .number = true},
                    {.heading = "AUC", .number = true}},
                   {signal_row("pointers", trial.chase), signal_row("reads", trial.read)});
    return fmt::format("\n{}{} probes alone, {} loaded, {} discarded; one every {} ms, of {}\n",
                       table,
                       trial.alone,
                       trial.loaded,
                       trial.discarded,
                       std::chrono::duration_cast<std::chrono::milliseconds>(trial.period).count(),
                       calibration::mebibytes_text(trial.buffer_bytes));
}

std::string verdict_line(const Calibration& found) {
    const std::string refusal = canary_refusal(found);
    return refusal.empty()
               ? "the canary can tell a loaded memory here: the agent will publish its pressure\n"
               : fmt::format("the canary stays off and the pressure unknown: {}\n", refusal);
}

json signal_json(const SignalFigures& figures) {
    return {{"alone_ns", figures.alone_ns},
            {"loaded_ns", figures.loaded_ns},
            {"change", figures.change},
            {"change_low", figures.interval.low},
            {"change_high", figures.interval.high},
            {"auc", figures.auc}};
}

json canary_json(const CanaryTrial& trial) {
    return {{"period_ns", trial.period.count()},
            {"buffer_bytes", trial.buffer_bytes},
            {"probes_alone", trial.alone},
            {"probes_loaded", trial.loaded},
            {"probes_discarded", trial.discarded},
            {"pointers", signal_json(trial.chase)},
            {"reads", signal_json(trial.read)}};
}

json peaks_json(const Calibration& found) {
    json peaks = json::array();
    for (const calibration::PeakRow& row : found.peaks) {
        peaks.push_back({{"node", row.node},
                         {"cores", row.cores},
                         {"read", row.read.value},
                         {"write", row.write.value},
                         {"copy", row.copy.value}});
    }
    return peaks;
}

json gains_json(const Calibration& found) {
    json gains = json::array();
    for (const std::uint32_t node : nodes_of(found)) {
        const Sample<double> gain = gain_sample(found, node);
        gains.push_back({{"node", node},
                         {"times", gain.value ? json(*gain.value) : json()},
                         {"exclusive_allowed", token_allowed(gain)},
                         {"verdict", token_verdict(gain)}});
    }
    return gains;
}

json best_json(const Calibration& found) {
    json best = json::array();
    for (const std::uint32_t node : nodes_of(found)) {
        const calibration::Peak peak = best_peak(found, node).value_or(calibration::Peak{});
        best.push_back({{"node", node},
                        {"bytes_per_second", peak.rate.value},
                        {"by", text_of(peak.kind)},
                        {"cores", peak.cores}});
    }
    return best;
}

}  // namespace

// Everything that was measured is shown, also what did not count: a person has to be able to judge
// the verdict.
std::string calibration_text(const Calibration& found, const std::string& stored_in) {
    const std::string caches =
        found.cache_bytes == 0
            ? "a last cache of unknown size"
            : fmt::format("a last cache of {}", calibration::mebibytes_text(found.cache_bytes));
    return fmt::format("{}, kernel {}: {} of memory, {}\n{}\n\n{}{}{}{}\n{}{}{}\n",
                       found.date,
                       found.kernel,
                       calibration::mebibytes_text(found.buffer_bytes),
                       caches,
                       found.method,
                       peak_table(found),
                       peak_lines(found),
                       token_lines(found),
                       found.canary ? canary_table(*found.canary) : "",
                       others_line(found),
                       verdict_line(found),
                       stored_in.empty() ? "nothing was stored" : "stored in " + stored_in);
}

json calibration_json(const Calibration& found, const std::string& stored_in) {
    return {{"date", found.date},
            {"kernel", found.kernel},
            {"method", found.method},
            {"processors", found.processors},
            {"cache_bytes", found.cache_bytes == 0 ? json() : json(found.cache_bytes)},
            {"buffer_bytes", found.buffer_bytes},
            {"others", found.others},
            {"rates", peaks_json(found)},
            {"peaks", best_json(found)},
            {"concurrency_gains", gains_json(found)},
            {"canary", found.canary ? canary_json(*found.canary) : json()},
            {"canary_enabled", canary_usable(found)},
            {"canary_refusal", canary_refusal(found)},
            {"stored_in", stored_in.empty() ? json() : json(stored_in)}};
}

}  // namespace penstock::ctl
