// SPDX-License-Identifier: Apache-2.0

#include "sim/snapshot_line.h"

#include <algorithm>

#include "policies/metrics_line.h"

namespace penstock::sim {

std::string snapshot_line(const Snapshot& snapshot, double time) {
    LineParts parts{.time = time, .queues_running = snapshot.queues.size()};
    for (const MemoryNode& node : snapshot.memory) {
        parts.memory.push_back(&node);
    }
    for (const Package& package : snapshot.packages) {
        parts.packages.push_back(&package);
    }
    for (const Device& device : snapshot.devices) {
        const auto queues = std::ranges::count(
            snapshot.queues, device.gpu, [](const Queue& queue) { return queue.key.gpu; });
        parts.devices.push_back({.device = device, .queues = static_cast<std::uint64_t>(queues)});
    }
    return metrics_line(parts);
}

}  // namespace penstock::sim
