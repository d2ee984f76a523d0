// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/surface_line.h"

#include <algorithm>
#include <ranges>

#include "agent/publish/figures.h"
#include "policies/metrics_line.h"

namespace penstock::dbus {
namespace {

LineProcess process_of(const ProcessObject& process) {
    const double occupancy = occupancy_of(process.queues);
    return {.owner = process.owner,
            .state = text_of(state_of(process)),
            .queues = process.queues.size(),
            .occupancy = occupancy < 0 ? std::nullopt : std::optional(occupancy),
            .preempted = preempted_time(process.owner, process.surface.now),
            .preemptions = preemptions_of(process.owner)};
}

}  // namespace

std::string surface_line(const Surface& surface, double time) {
    const ManagerObject& manager = surface.manager;
    LineParts parts{
        .time = time,
        .queues_running = manager.queues - std::min(manager.queues, manager.queues_suspended),
        .queues_suspended = manager.queues_suspended};
    for (const auto& memory : std::views::values(surface.memory)) {
        parts.memory.push_back(&memory->node);
    }
    for (const auto& package : std::views::values(surface.packages)) {
        parts.packages.push_back(&package->package);
    }
    for (const auto& gpu : std::views::values(surface.gpus)) {
        parts.devices.push_back({.device = gpu->device, .queues = gpu->queues});
    }
    for (const auto& process : std::views::values(surface.processes)) {
        parts.processes.push_back(process_of(*process));
    }
    return metrics_line(parts);
}

}  // namespace penstock::dbus
