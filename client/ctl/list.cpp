// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "client/ctl/figures.h"
#include "client/ctl/process_json.h"
#include "client/ctl/table.h"
#include "client/ctl/verbs.h"
#include "client/ctl/views.h"

namespace penstock::ctl {

std::string list_text(const World& world) {
    std::vector<std::vector<std::string>> rows;
    rows.reserve(world.processes.size());
    for (const ProcessView& process : world.processes) {
        rows.push_back({std::to_string(process.pid),
                        std::to_string(process.uid),
                        std::to_string(process.priority),
                        std::to_string(process.weight),
                        process.service_class,
                        span_text(process.deadline),
                        span_text(process.cost),
                        process.state,
                        std::to_string(process.queues),
                        percent_text(process.occupancy),
                        seconds_text(process.preempted_usec),
                        std::to_string(process.preemptions),
                        process.level,
                        process.command});
    }
    return table_text({{.heading = "PID", .number = true},
                       {.heading = "UID", .number = true},
                       {.heading = "PRIORITY", .number = true},
                       {.heading = "WEIGHT", .number = true},
                       {.heading = "CLASS"},
                       {.heading = "DEADLINE", .number = true},
                       {.heading = "COST", .number = true},
                       {.heading = "STATE"},
                       {.heading = "QUEUES", .number = true},
                       {.heading = "OCCUPANCY", .number = true},
                       {.heading = "PREEMPTED", .number = true},
                       {.heading = "TIMES", .number = true},
                       {.heading = "LEVEL"},
                       {.heading = "COMMAND"}},
                      rows);
}

namespace {

// "" is unknown.
nlohmann::json or_null(const std::string& text) {
    return text.empty() ? nlohmann::json() : nlohmann::json(text);
}

// Null is no limit.
nlohmann::json limit_or_null(std::uint64_t rate) {
    return rate != unlimited.value ? nlohmann::json(rate) : nlohmann::json();
}

}  // namespace

nlohmann::json list_json(const World& world) {
    nlohmann::json list = nlohmann::json::array();
    for (const ProcessView& process : world.processes) {
        nlohmann::json entry = process_json(process);
        entry["uid"] = process.uid;
        entry["executable"] = or_null(process.executable);
        entry["control_group"] = or_null(process.control_group);
        entry["unit"] = or_null(process.unit);
        entry["job"] = or_null(process.job);
        entry["priority_source"] = process.priority_source;
        entry["weight_source"] = process.weight_source;
        entry["class_source"] = process.class_source;
        entry["deadline_source"] = process.deadline_source;
        entry["cost_source"] = process.cost_source;
        entry["dram_max_bytes_per_second"] = limit_or_null(process.dram_max);
        entry["dram_max_source"] = process.dram_max_source;
        entry["preemptible"] = process.preemptible;
        entry["preemptible_source"] = process.preemptible_source;
        entry["preemption_level"] = process.level;
        entry["preemption_level_reason"] = process.level_reason;
        entry["emulated"] = emulated(world);
        list.push_back(std::move(entry));
    }
    return list;
}

Outcome<> run(AgentClient& agent, const List& verb) {
    const Outcome<World> world = agent.look();
    if (!world) {
        return std::unexpected(world.error());
    }
    fmt::print("{}", verb.json ? list_json(*world).dump(2) + '\n' : list_text(*world));
    return {};
}

}  // namespace penstock::ctl
