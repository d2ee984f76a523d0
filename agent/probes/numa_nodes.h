// SPDX-License-Identifier: Apache-2.0
//
// NUMA nodes: the memory nodes of a machine and their processors, from sysfs.

#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "agent/probes/machine.h"

namespace penstock {

// A kernel can not be built for more; a larger number was misread.
inline constexpr std::uint32_t most_numa_nodes = 1024;

// Processors in ascending order, by node. Memory without processors, such as CXL's, is left out,
// and so is what can not be read. A kernel without NUMA tells of no node.
[[nodiscard]] std::map<std::uint32_t, std::vector<std::uint32_t>> processors_by_node(
    Machine& machine);

}  // namespace penstock
