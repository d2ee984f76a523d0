// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/world.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "policies/last_of.h"
#include "policies/throttle_names.h"

namespace penstock::ctl {
namespace {

using nlohmann::json;

constexpr std::size_t longest_string = 256;
constexpr std::uint64_t unknown_amount = std::numeric_limits<std::uint64_t>::max();

const json* member(const json& members, const char* name) {
    const auto found = members.find(name);
    return found == members.end() ? nullptr : &*found;
}

std::uint64_t number(const json& members, const char* name) {
    const json* value = member(members, name);
    return value != nullptr && value->is_number_unsigned() ? value->get<std::uint64_t>() : 0;
}

std::uint32_t small_number(const json& members, const char* name) {
    const std::uint64_t value = number(members, name);
    return value > std::numeric_limits<std::uint32_t>::max() ? 0
                                                             : static_cast<std::uint32_t>(value);
}

// Nothing longer than the agent takes.
Duration span(const json& members, const char* name) {
    constexpr Duration longest = std::chrono::hours(1);
    const std::uint64_t usec = number(members, name);
    return usec <= static_cast<std::uint64_t>(longest / std::chrono::microseconds(1))
               ? std::chrono::microseconds(static_cast<std::int64_t>(usec))
               : longest;
}

std::optional<std::uint64_t> amount(const json& members, const char* name) {
    const json* value = member(members, name);
    if (value == nullptr || !value->is_number_unsigned() || *value == unknown_amount) {
        return std::nullopt;
    }
    return value->get<std::uint64_t>();
}

std::optional<double> ratio(const json& members, const char* name) {
    const json* value = member(members, name);
    if (value == nullptr || !value->is_number() || !(value->get<double>() >= 0)) {
        return std::nullopt;
    }
    return value->get<double>();
}

std::string text(const json& members, const char* name) {
    const json* value = member(members, name);
    return value != nullptr && value->is_string()
               ? printable(value->get_ref<const std::string&>(), longest_string)
               : "";
}

std::vector<std::string> texts(const json& members, const char* name) {
    std::vector<std::string> list;
    const json* value = member(members, name);
    if (value == nullptr || !value->is_array()) {
        return list;
    }
    for (const json& each : *value) {
        if (each.is_string()) {
            list.push_back(printable(each.get_ref<const std::string&>(), longest_string));
        }
    }
    return list;
}

bool flag(const json& members, const char* name) {
    const json* value = member(members, name);
    return value != nullptr && value->is_boolean() && value->get<bool>();
}

// Rows of name, standing and reason.
std::vector<SourceView> sources_from(const json& members) {
    std::vector<SourceView> sources;
    const json* rows = member(members, "Sources");
    if (rows == nullptr || !rows->is_array()) {
        return sources;
    }
    const auto cell = [](const json& row, std::size_t index) {
        return row[index].is_string()
                   ? printable(row[index].get_ref<const std::string&>(), longest_string)
                   : "";
    };
    for (const json& row : *rows) {
        if (row.is_array() && row.size() == 3) {
            sources.push_back(
                {.name = cell(row, 0), .standing = cell(row, 1), .reason = cell(row, 2)});
        }
    }
    return sources;
}

AgentView agent_from(const json& members) {
    return {.version = text(members, "Version"),
            .state = text(members, "State"),
            .policy = text(members, "Policy"),
            .preemption_enabled = flag(members, "PreemptionEnabled"),
            .dry_run = flag(members, "DryRun"),
            .features = texts(members, "Features"),
            .degraded_reasons = texts(members, "DegradedReasons"),
            .queues = small_number(members, "NQueues"),
            .queues_suspended = small_number(members, "NQueuesSuspended"),
            .sources = sources_from(members)};
}

// "" where the agent tells of none, or of one that we do not know.
std::string throttle_level(const json& members) {
    const std::optional<std::uint64_t> level = amount(members, "ThrottleLevel");
    return level && *level <= static_cast<std::uint64_t>(last_of<ThrottleLevel>)
               ? std::string(name_of(static_cast<ThrottleLevel>(*level)))
               : "";
}

MemoryView memory_from(const json& members) {
    return {.node = small_number(members, "NumaNode"),
            .emulated = flag(members, "Emulated"),
            .read = amount(members, "ReadBytesPerSecond"),
            .written = amount(members, "WriteBytesPerSecond"),
            .peak = amount(members, "PeakBytesPerSecond"),
            .utilization = ratio(members, "Utilization"),
            .peak_source = text(members, "PeakSource"),
            .throttle_level = throttle_level(members),
            .batch_scale = ratio(members, "BatchScale"),
            .sources = texts(members, "Sources"),
            .unknown_reason = text(members, "UnknownReason"),
            .figures = figures_from(members, memory_figures())};
}

GpuView gpu_from(const json& members) {
    return {.gpu_id = small_number(members, "GpuId"),
            .name = text(members, "Name"),
            .emulated = flag(members, "Emulated"),
            .scheduler = text(members, "Scheduler"),
            .suspend_nsec = amount(members, "SuspendCostNSec"),
            .resume_nsec = amount(members, "ResumeCostNSec"),
            .received = amount(members, "PcieRxBytesPerSecond"),
            .sent = amount(members, "PcieTxBytesPerSecond"),
            .queues = small_number(members, "NQueues"),
            .figures = figures_from(members, gpu_figures())};
}

ProcessView process_from(const json& members) {
    const json* priority = member(members, "Priority");
    const bool known = priority != nullptr && priority->is_number_integer();
    const ProcessView usual;
    const std::uint32_t weight = small_number(members, "Weight");
    const std::string service_class = text(members, "Class");
    const std::uint64_t dram_max = number(members, "DramMaxBytesPerSecond");  // 0 is none.
    return {
        .pid = small_number(members, "PID"),
        .uid = small_number(members, "UID"),
        .command = text(members, "Command"),
        .executable = text(members, "Executable"),
        .control_group = text(members, "ControlGroup"),
        .job = text(members, "JobId"),
        .unit = text(members, "Unit"),
        .priority = known ? priority->get<std::int32_t>() : 0,
        .priority_source = text(members, "PrioritySource"),
        .weight = weight != 0 ? weight : usual.weight,
        .weight_source = text(members, "WeightSource"),
        .service_class = service_class.empty() ? usual.service_class : service_class,
        .class_source = text(members, "ClassSource"),
        .deadline = span(members, "DeadlineUSec"),
        .deadline_source = text(members, "DeadlineSource"),
        .cost = span(members, "CostUSec"),
        .cost_source = text(members, "CostSource"),
        .dram_max = dram_max != 0 ? dram_max : usual.dram_max,
        .dram_max_source = text(members, "DramMaxSource"),
        .preemptible = member(members, "Preemptible") == nullptr || flag(members, "Preemptible"),
        .preemptible_source = text(members, "PreemptibleSource"),
        .state = text(members, "State"),
        .level = text(members, "PreemptionLevel"),
        .level_reason = text(members, "PreemptionLevelReason"),
        .queues = small_number(members, "NQueues"),
        .occupancy = ratio(members, "Occupancy"),
        .preempted_usec = number(members, "PreemptedUSec"),
        .preemptions = number(members, "NPreemptions"),
        .figures = figures_from(members, process_figures())};
}

PackageView package_from(const json& members) {
    return {.number = small_number(members, "Number"),
            .figures = figures_from(members, package_figures())};
}

}  // namespace

World world_from(const json& manager, const json& objects) {
    World world{.agent = agent_from(manager)};
    for (const json& interfaces : objects) {
        if (const json* memory = member(interfaces, "org.penstock1.MemoryNode")) {
            world.memory.push_back(memory_from(*memory));
        }
        if (const json* gpu = member(interfaces, "org.penstock1.Gpu")) {
            world.gpus.push_back(gpu_from(*gpu));
        }
        if (const json* process = member(interfaces, "org.penstock1.Process")) {
            world.processes.push_back(process_from(*process));
        }
        if (const json* package = member(interfaces, "org.penstock1.Package")) {
            world.packages.push_back(package_from(*package));
        }
    }
    std::ranges::sort(world.memory, {}, &MemoryView::node);
    std::ranges::sort(world.packages, {}, &PackageView::number);
    std::ranges::sort(world.gpus, {}, &GpuView::gpu_id);
    std::ranges::sort(world.processes, {}, &ProcessView::pid);
    return world;
}

bool emulated(const World& world) {
    return std::ranges::any_of(world.gpus, &GpuView::emulated) ||
           std::ranges::any_of(world.memory, &MemoryView::emulated);
}

}  // namespace penstock::ctl
