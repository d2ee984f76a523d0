// SPDX-License-Identifier: Apache-2.0
//
// What a replay of decisions came to, as text and as JSON.

#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "sim/record/decision_replay.h"
#include "sim/record/seconds.h"
#include "sim/table.h"

namespace penstock::sim {
namespace {

using Json = nlohmann::ordered_json;

// Whoever decided in the replay.
std::string name_of(const ReplayFigures& figures, const std::optional<Decider>& decider) {
    return printable(decider ? decider->policy : figures.recorded, 256);
}

Json json_of(const Placed& placed) {
    return {{"runs_seconds", seconds(placed.runs)},
            {"turns_seconds", seconds(placed.turns)},
            {"yields_seconds", seconds(placed.yields)}};
}

}  // namespace

std::string replay_text(const ReplayFigures& figures, const std::optional<Decider>& decider) {
    std::string text = fmt::format(
        "{} ticks in {:.3f} s, recorded under {}, with {} decisions; {} decides otherwise at {}\n",
        figures.ticks,
        seconds(figures.span),
        printable(figures.recorded, 256),
        figures.decisions,
        name_of(figures, decider),
        figures.differences);
    if (figures.differences > 0) {
        text += fmt::format("the first is in line {}\n", figures.first_line);
    }
    Table table;
    table.row(
        {"owner", "command", "runs s", "turns s", "yields s", "-> runs s", "turns s", "yields s"});
    for (const auto& [id, course] : figures.owners) {
        std::vector<std::string> words{fmt::format("{}", course.pid), printable(course.command)};
        for (const Placed& placed : {course.recorded, course.replayed}) {
            for (const Duration each : {placed.runs, placed.turns, placed.yields}) {
                words.push_back(fmt::format("{:.3f}", seconds(each)));
            }
        }
        table.row(std::move(words));
    }
    return figures.owners.empty() ? text : text + '\n' + table.text();
}

std::string replay_json(const ReplayFigures& figures, const std::optional<Decider>& decider) {
    Json owners = Json::array();
    for (const auto& [id, course] : figures.owners) {
        owners.push_back({{"owner", id.value},
                          {"pid", course.pid},
                          {"command", printable(course.command)},
                          {"recorded", json_of(course.recorded)},
                          {"replayed", json_of(course.replayed)}});
    }
    const Json whole{
        {"policy", name_of(figures, decider)},
        {"recorded_policy", printable(figures.recorded, 256)},
        {"seconds", seconds(figures.span)},
        {"ticks", figures.ticks},
        {"decisions", figures.decisions},
        {"differences", figures.differences},
        {"first_difference_line", figures.differences > 0 ? Json(figures.first_line) : Json()},
        {"owners", std::move(owners)}};
    return whole.dump(2) + '\n';
}

}  // namespace penstock::sim
