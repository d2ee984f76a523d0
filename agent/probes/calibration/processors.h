// SPDX-License-Identifier: Apache-2.0
//
// Processors: which cores the calibration may use, and on which memory nodes they are.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "agent/probes/machine.h"

namespace penstock::calibration {

// More of a node are not needed to saturate its memory.
inline constexpr std::size_t most_cores = 64;
inline constexpr std::size_t most_nodes = 16;

// "0-3,8", as sysfs writes sets of processors and of nodes; nothing when it is no such list or
// names one above 65535.
[[nodiscard]] std::optional<std::vector<int>> numbers_in(std::string_view list);

// Of this thread, or an errno.
[[nodiscard]] int bind_to_processor(int processor);

// On which this thread may run.
[[nodiscard]] Result<std::vector<int>> allowed_processors();

struct NodeCores {
    std::uint32_t node = 0;
    std::vector<int> processors{};  // One of each core.
};

// The allowed cores of each node that has any; all on node 0 where sysfs shows no nodes.
[[nodiscard]] std::vector<NodeCores> cores_by_node(Machine& machine,
                                                   const std::vector<int>& allowed);

// The nodes that have memory; node 0 where sysfs does not tell.
[[nodiscard]] std::vector<std::uint32_t> memory_nodes(Machine& machine);

// How many are online; 0 where sysfs does not tell.
[[nodiscard]] std::uint32_t processors_online(Machine& machine);

}  // namespace penstock::calibration
