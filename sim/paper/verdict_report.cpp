// SPDX-License-Identifier: Apache-2.0

#include "sim/paper/verdict_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/table.h"

namespace penstock::sim {
namespace {

using Json = nlohmann::ordered_json;

std::string number(double value, int decimals) {
    return fmt::format("{:.{}f}", value, decimals);
}

// "<= 1.06", ">= 1.3", "7.0-8.2".
std::string band_text(const Experiment& experiment) {
    const auto& [least, most] = experiment.band;
    if (std::isinf(least)) {
        return "<= " + number(most, experiment.decimals);
    }
    if (std::isinf(most)) {
        return ">= " + number(least, experiment.decimals);
    }
    if (least == most) {
        return number(least, experiment.decimals);
    }
    return number(least, experiment.decimals) + "-" + number(most, experiment.decimals);
}

std::string emulated_text(const Verdict& verdict) {
    return verdict.emulated ? number(*verdict.emulated, verdict.experiment.decimals) : "-";
}

const char* verdict_text(const Verdict& verdict) {
    return verdict.in_band ? "in band" : "OUT OF BAND";
}

std::string figure_text(const Experiment& experiment) {
    return experiment.figure == "-" ? experiment.subject
                                    : experiment.figure + ": " + experiment.subject;
}

std::size_t widest_figure(const Verdicts& verdicts) {
    std::size_t widest = 0;
    for (const Verdict& verdict : verdicts) {
        widest = std::max(widest, figure_text(verdict.experiment).size());
    }
    return widest;
}

// No number in JSON.
Json finite(double value) {
    return std::isfinite(value) ? Json(value) : Json();
}

Json json_of(const Verdict& verdict) {
    const Experiment& experiment = verdict.experiment;
    return {{"id", experiment.id},
            {"figure", experiment.figure},
            {"subject", experiment.subject},
            {"paper", experiment.paper},
            {"simulated", finite(verdict.simulated)},
            {"emulated", verdict.emulated ? Json(*verdict.emulated) : Json()},
            {"band", {finite(experiment.band.least), finite(experiment.band.most)}},
            {"in_band", verdict.in_band},
            {"note", experiment.note}};
}

std::string in_quotes(const std::string& text) {
    return '"' + text + '"';  // None of ours has quotation marks in it.
}

std::string csv_number(double value) {
    return std::isfinite(value) ? fmt::format("{:.6g}", value) : "";
}

}  // namespace

std::string verdict_table(const Verdicts& verdicts) {
    Table table;
    const std::size_t width = widest_figure(verdicts);
    table.row({"id",
               fmt::format("{:<{}}", "figure", width),
               "paper",
               "simulated",
               "emulated",
               "band",
               "verdict"});
    std::string notes;
    for (const Verdict& verdict : verdicts) {
        const Experiment& experiment = verdict.experiment;
        table.row({experiment.id,
                   fmt::format("{:<{}}", figure_text(experiment), width),
                   experiment.paper,
                   number(verdict.simulated, experiment.decimals),
                   emulated_text(verdict),
                   band_text(experiment),
                   verdict_text(verdict)});
        if (!experiment.note.empty()) {
            notes += fmt::format("\n{}: {}.", experiment.id, experiment.note);
        }
    }
    const auto held = std::ranges::count_if(verdicts, &Verdict::in_band);
    return fmt::format(
        "Simulated, not measured; the papers' machines are not ours.\n\n{}{}\n\n"
        "{} of {} in band\n",
        table.text(),
        notes,
        held,
        verdicts.size());
}

std::string verdict_json(const Verdicts& verdicts) {
    Json rows = Json::array();
    for (const Verdict& verdict : verdicts) {
        rows.push_back(json_of(verdict));
    }
    const Json whole{{"simulated", true},
                     {"rows", std::move(rows)},
                     {"in_band", std::ranges::count_if(verdicts, &Verdict::in_band)}};
    return whole.dump(2) + '\n';
}

std::string verdict_csv(const Verdicts& verdicts) {
    std::string text = "id,figure,subject,paper,simulated,emulated,least,most,in_band\n";
    for (const Verdict& verdict : verdicts) {
        const Experiment& experiment = verdict.experiment;
        text += fmt::format("{},{},{},{},{},{},{},{},{}\n",
                            experiment.id,
                            in_quotes(experiment.figure),
                            in_quotes(experiment.subject),
                            in_quotes(experiment.paper),
                            csv_number(verdict.simulated),
                            verdict.emulated ? csv_number(*verdict.emulated) : "",
                            csv_number(experiment.band.least),
                            csv_number(experiment.band.most),
                            verdict.in_band);
    }
    return text;
}

}  // namespace penstock::sim
