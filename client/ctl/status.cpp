// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <cstdio>

#include "client/ctl/figures.h"
#include "client/ctl/table.h"
#include "client/ctl/throttle_view.h"
#include "client/ctl/verbs.h"
#include "client/ctl/views.h"

namespace penstock::ctl {
namespace {

const char* preemption_word(const AgentView& agent) {
    if (!agent.preemption_enabled) {
        return "disabled";
    }
    return agent.dry_run ? "enabled but a dry run" : "enabled";
}

std::string agent_text(const AgentView& agent) {
    std::string text = fmt::format("penstock {}: {}, policy {}, preemption {}, ",
                                   agent.version,
                                   agent.state,
                                   agent.policy.empty() ? "-" : agent.policy,
                                   preemption_word(agent));
    text += fmt::format("{} queues, {} suspended\n", agent.queues, agent.queues_suspended);
    text += fmt::format(
        "features: {}\n",
        agent.features.empty() ? "-" : fmt::format("{}", fmt::join(agent.features, ", ")));
    for (const std::string& reason : agent.degraded_reasons) {
        text += fmt::format("degraded: {}\n", reason);
    }
    return text;
}

std::string origin(bool emulated) {
    return emulated ? "emulated" : "hardware";
}

std::string memory_text(const World& world) {
    std::vector<std::vector<std::string>> rows;
    rows.reserve(world.memory.size());
    for (const MemoryView& node : world.memory) {
        rows.push_back({std::to_string(node.node),
                        rate_text(node.read),
                        rate_text(node.written),
                        rate_text(node.peak),
                        percent_text(node.utilization),
                        throttle_text(node),
                        origin(node.emulated),
                        fmt::format("{}", fmt::join(node.sources, ", ")),
                        node.unknown_reason});
    }
    return table_text({{.heading = "MEMORY", .number = true},
                       {.heading = "READ", .number = true},
                       {.heading = "WRITE", .number = true},
                       {.heading = "PEAK", .number = true},
                       {.heading = "USED", .number = true},
                       {.heading = "ASKS FOR"},
                       {.heading = "ORIGIN"},
                       {.heading = "SOURCE"},
                       {.heading = "UNKNOWN BECAUSE"}},
                      rows);
}

// "mes, 120 + 140 us": what suspending a process and resuming it costs.
std::string preemption_text(const GpuView& gpu) {
    std::string scheduler = gpu.scheduler.empty() ? "unknown" : gpu.scheduler;
    if (!gpu.suspend_nsec || !gpu.resume_nsec) {
        return scheduler;
    }
    constexpr double nsec_per_usec = 1000;
    return fmt::format("{}, {:.0f} + {:.0f} us",
                       scheduler,
                       static_cast<double>(*gpu.suspend_nsec) / nsec_per_usec,
                       static_cast<double>(*gpu.resume_nsec) / nsec_per_usec);
}

std::string gpu_text(const World& world) {
    std::vector<std::vector<std::string>> rows;
    rows.reserve(world.gpus.size());
    for (const GpuView& gpu : world.gpus) {
        rows.push_back({std::to_string(gpu.gpu_id),
                        gpu.name,
                        rate_text(gpu.received),
                        rate_text(gpu.sent),
                        std::to_string(gpu.queues),
                        preemption_text(gpu),
                        origin(gpu.emulated)});
    }
    return table_text({{.heading = "GPU", .number = true},
                       {.heading = "NAME"},
                       {.heading = "PCIE RX", .number = true},
                       {.heading = "PCIE TX", .number = true},
                       {.heading = "QUEUES", .number = true},
                       {.heading = "SUSPEND + RESUME"},
                       {.heading = "ORIGIN"}},
                      rows);
}

}  // namespace

std::string status_text(const World& world) {
    std::string text = agent_text(world.agent);
    text += world.gpus.empty() ? "\nno device\n" : '\n' + gpu_text(world);
    text += world.memory.empty() ? "\nno memory node is measured\n" : '\n' + memory_text(world);
    return text;
}

Outcome<> run(AgentClient& agent, const Status& /*verb*/) {
    const Outcome<World> world = agent.look();
    if (!world) {
        return std::unexpected(world.error());
    }
    fmt::print("{}", status_text(*world));
    return {};
}

}  // namespace penstock::ctl
