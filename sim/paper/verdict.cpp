// SPDX-License-Identifier: Apache-2.0

#include "sim/paper/verdict.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace penstock::sim {

std::vector<Verdict> judge(const Experiments& experiments,
                           const PlayBook& book,
                           const Measured& emulated) {
    std::vector<Verdict> verdicts;
    for (const Experiment& experiment : experiments) {
        const double simulated = experiment.measure.value(book);
        const auto beside = emulated.find(experiment.id);
        verdicts.push_back(
            {.experiment = experiment,
             .simulated = simulated,
             .emulated = beside != emulated.end() ? std::optional(beside->second) : std::nullopt,
             .in_band = experiment.band.holds(simulated)});
    }
    return verdicts;
}

bool all_in_band(const Verdicts& verdicts) {
    return std::ranges::all_of(verdicts, &Verdict::in_band);
}

Result<Measured> parse_measured(std::string_view text, const Experiments& known) {
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object()) {
        return fail("it is not one JSON object");
    }
    Measured measured;
    for (const auto& [id, value] : json.items()) {
        if (std::ranges::find(known, id, &Experiment::id) == known.end()) {
            return fail("there is no experiment \"" + printable(id) + "\"");
        }
        if (!value.is_number()) {
            return fail("\"" + id + "\" is not a number");
        }
        measured[id] = value.get<double>();
    }
    return measured;
}

Result<Measured> load_measured(const std::string& file, const Experiments& known) {
    constexpr std::size_t most_bytes = 1U << 20U;
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return fail(errno, "open " + file);
    }
    std::string text(most_bytes + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > most_bytes) {
        return fail(file + " is longer than 1 MiB");
    }
    Result<Measured> measured = parse_measured(text, known);
    return measured ? std::move(measured) : fail(file + ": " + measured.error().message());
}

}  // namespace penstock::sim
