// SPDX-License-Identifier: Apache-2.0
//
// Metrics line: what is known of the machine at one moment, as the line of JSON that
// client/ctl/tail.schema.json describes.
//
// The agent's streams and penstock-sim make their lines here, each from what it has: so a recording
// and the agent who recorded it say the same in the same words. Unknown is null, and says why.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policies/snapshot.h"

namespace penstock {

struct LineDevice {
    const Device& device;
    std::uint64_t queues = 0;
};

struct LineProcess {
    const Owner& owner;
    std::string state{};  // "running", "preempted".
    std::uint64_t queues = 0;
    std::optional<double> occupancy{};  // 0..1.
    Duration preempted{};               // So far, summed over devices.
    std::uint64_t preemptions = 0;
};

// Each list is in the order of its numbers. What they point to outlives the call.
struct LineParts {
    double time = 0;  // In seconds since 1970, UTC.
    std::uint64_t queues_running = 0;
    std::uint64_t queues_suspended = 0;
    std::vector<const MemoryNode*> memory{};
    std::vector<const Package*> packages{};
    std::vector<LineDevice> devices{};
    std::vector<LineProcess> processes{};
};

// With its end, as the next one.
[[nodiscard]] std::string metrics_line(const LineParts& parts);

// Where so many lines should have been, for a reader who did not keep up.
[[nodiscard]] std::string dropped_line(std::uint64_t lines);

// The names of what the known traffic comes from, each once.
[[nodiscard]] std::vector<std::string> traffic_sources(const MemoryNode& node);

}  // namespace penstock
