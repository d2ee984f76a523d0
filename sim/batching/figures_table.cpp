// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include "base/json_text.h"
#include "sim/batching/batching_run.h"
#include "sim/table.h"

namespace penstock::sim {
namespace {

constexpr double ns_per_s = 1e9;

std::string seconds(double ns) {
    return fmt::format("{:.3f}", ns / ns_per_s);
}

std::vector<std::string> row_of(const NamedFigures& run) {
    const BatchingFigures& figures = run.figures;
    const auto ns = [](std::int64_t number) { return seconds(static_cast<double>(number)); };
    return {run.name,
            fmt::format("{:.2f}", figures.per_second(figures.requests)),
            fmt::format("{:.2f}", figures.per_second(figures.requests - figures.late)),
            seconds(figures.latency.mean_ns),
            ns(figures.latency.p50_ns),
            ns(figures.latency.p95_ns),
            ns(figures.latency.p99_ns),
            figures.continuous ? ns(figures.first_token.p50_ns) : "-",
            fmt::format("{:.2f}", figures.late_percent()),
            fmt::format("{:.1f}", figures.utilisation_percent),
            fmt::format("{:.1f}", figures.mean_batch),
            figures.continuous ? "-" : fmt::format("{:.1f}", figures.padding_percent),
            digest_text(figures.digest)};
}

}  // namespace

std::string figures_table(const std::vector<NamedFigures>& runs) {
    Table table;
    table.row({"",
               "req/s",
               "good/s",
               "mean s",
               "p50 s",
               "p95 s",
               "p99 s",
               "ttft p50 s",
               "late %",
               "busy %",
               "batch",
               "padding %",
               "digest"});
    for (const NamedFigures& run : runs) {
        table.row(row_of(run));
    }
    return table.text();
}

std::string figures_array_json(const std::vector<NamedFigures>& runs) {
    std::string text = "{\"runs\":[";
    for (const NamedFigures& run : runs) {
        text += fmt::format("{}{{\"name\":", text.ends_with('[') ? "" : ",");
        JsonText name;
        name.write(run.name);
        text += std::move(name).take() + ",\"figures\":" + figures_json(run.figures) + "}";
    }
    return text + "]}";
}

std::string alike_text(const std::vector<NamedFigures>& runs) {
    std::string text;
    for (std::size_t one = 0; one < runs.size(); ++one) {
        for (std::size_t other = one + 1; other < runs.size(); ++other) {
            if (runs[one].figures.digest == runs[other].figures.digest) {
                text += fmt::format(
                    "{} and {} are the same: each request had the same times on "
                    "the same device\n",
                    runs[one].name,
                    runs[other].name);
            }
        }
    }
    return text;
}

}  // namespace penstock::sim
