// SPDX-License-Identifier: Apache-2.0
//
// A process in JSON, as list and tail both print it: SI base units, null for unknown.

#pragma once

#include <nlohmann/json.hpp>

#include "client/ctl/world.h"

namespace penstock::ctl {

template <typename T>
nlohmann::json or_null(const std::optional<T>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
}

// 0 is none.
[[nodiscard]] inline nlohmann::json seconds_or_null(Duration span) {
    return span != Duration{} ? nlohmann::json(std::chrono::duration<double>(span).count())
                              : nlohmann::json();
}

[[nodiscard]] inline nlohmann::json process_json(const ProcessView& process) {
    nlohmann::json entry{{"pid", process.pid},
                         {"command", process.command},
                         {"priority", process.priority},
                         {"weight", process.weight},
                         {"class", process.service_class},
                         {"deadline_seconds", seconds_or_null(process.deadline)},
                         {"cost_seconds", seconds_or_null(process.cost)},
                         {"state", process.state},
                         {"queues", process.queues},
                         {"occupancy", or_null(process.occupancy)},
                         {"preempted_seconds", static_cast<double>(process.preempted_usec) / 1e6},
                         {"preemptions", process.preemptions}};
    add_figures(process.figures, entry);
    const FigureView* energy = find_figure(process.figures, "energy_joules");
    const bool known = energy != nullptr && energy->value;
    entry["energy_method"] = known ? nlohmann::json(energy->source) : nlohmann::json();
    return entry;
}

}  // namespace penstock::ctl
