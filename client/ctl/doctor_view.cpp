// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "client/ctl/doctor.h"
#include "client/ctl/process_advice.h"
#include "client/ctl/table.h"
#include "policies/standing_names.h"

namespace penstock::ctl {
namespace {

using nlohmann::json;

constexpr std::string_view indent = "         ";

std::string remarks(std::string_view consequence, std::string_view change) {
    std::string text;
    if (!consequence.empty()) {
        text += fmt::format("{}{}\n", indent, consequence);
    }
    if (!change.empty()) {
        text += fmt::format("{}change: {}\n", indent, change);
    }
    return text;
}

// A table with what is to be said of each row below it.
std::string remarked(const std::string& table, const std::vector<std::string>& remarks) {
    std::string text;
    std::size_t row = 0;
    for (const std::string_view line : split(trimmed(table), '\n')) {
        text += fmt::format("{}\n{}", line, row == 0 ? "" : remarks.at(row - 1));
        ++row;
    }
    return text;
}

std::vector<Column> columns(const std::vector<std::string>& headings) {
    std::vector<Column> columns;
    columns.reserve(headings.size());
    for (const std::string& heading : headings) {
        columns.push_back({.heading = heading});
    }
    return columns;
}

std::string machine_text(const Examination& examination) {
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> said;
    for (const doctor::Finding& finding : examination.findings) {
        rows.push_back({std::string(text_of(finding.state)), finding.subject, finding.found});
        said.push_back(remarks(finding.consequence, finding.change));
    }
    return remarked(table_text(columns({"STATE", "SUBJECT", "FOUND"}), rows), said);
}

std::string sources_text(const std::vector<SourceRow>& sources) {
    if (sources.empty()) {
        return "no source of measurements fits this machine\n";
    }
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> said;
    for (const SourceRow& source : sources) {
        rows.push_back({std::string(name_of(source.standing)), source.name, source.measures});
        said.push_back(remarks(source.reason, ""));
    }
    return remarked(table_text(columns({"STANDING", "SOURCE", "MEASURES"}), rows), said);
}

std::string process_text(const World& world) {
    if (world.processes.empty()) {
        return "no process has queues\n";
    }
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> said;
    for (const ProcessView& process : world.processes) {
        rows.push_back({fmt::format("{}", process.pid),
                        process.level.empty() ? "-" : process.level,
                        process.command,
                        process.level_reason});
        said.push_back(remarks("", advice_for(process)));
    }
    return remarked(table_text(columns({"PID", "LEVEL", "COMMAND", "REASON"}), rows), said);
}

json source_json(const SourceRow& source) {
    return {{"name", source.name},
            {"standing", name_of(source.standing)},
            {"reason", source.reason},
            {"measures", source.measures}};
}

json finding_json(const doctor::Finding& finding) {
    return {{"subject", finding.subject},
            {"state", text_of(finding.state)},
            {"found", finding.found},
            {"consequence", finding.consequence},
            {"change", finding.change}};
}

json device_json(const doctor::DeviceAbility& device) {
    json rungs = json::array();
    for (const doctor::RungAbility& rung : device.rungs) {
        rungs.push_back({{"rung", text_of(rung.rung)},
                         {"state", text_of(rung.state)},
                         {"reason", rung.reason},
                         {"change", rung.change}});
    }
    const json units = device.compute_units == 0 ? json() : json(device.compute_units);
    return {{"gpu_id", device.gpu_id},
            {"name", device.name},
            {"compute_units", units},
            {"scheduler", text_of(device.scheduler)},
            {"one_debugged_process", device.one_debugged_process},
            {"halves_compute_units_when_debugged", device.halves_compute_units_when_debugged},
            {"rungs", std::move(rungs)}};
}

json processes_json(const World& world) {
    json processes = json::array();
    for (const ProcessView& process : world.processes) {
        processes.push_back({{"pid", process.pid},
                             {"command", process.command},
                             {"preemption_level", process.level},
                             {"preemption_level_reason", process.level_reason},
                             {"change", advice_for(process)}});
    }
    return processes;
}

}  // namespace

std::string doctor_text(const Examination& examination) {
    const std::string processes =
        examination.world
            ? process_text(*examination.world)
            : fmt::format("processes are not shown: {}\n", examination.world.error().sentence);
    return machine_text(examination) + '\n' + sources_text(examination.sources) + '\n' + processes;
}

json doctor_json(const Examination& examination) {
    json findings = json::array();
    for (const doctor::Finding& finding : examination.findings) {
        findings.push_back(finding_json(finding));
    }
    json devices = json::array();
    for (const doctor::DeviceAbility& device : examination.devices) {
        devices.push_back(device_json(device));
    }
    json sources = json::array();
    for (const SourceRow& source : examination.sources) {
        sources.push_back(source_json(source));
    }
    const auto& world = examination.world;
    return {{"findings", std::move(findings)},
            {"devices", std::move(devices)},
            {"may_preempt", examination.may_preempt},
            {"sources", std::move(sources)},
            {"processes", world ? processes_json(*world) : json()},
            {"no_processes_because", world ? json() : json(world.error().sentence)}};
}

}  // namespace penstock::ctl
