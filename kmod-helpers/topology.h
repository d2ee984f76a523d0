// SPDX-License-Identifier: Apache-2.0
//
// Topology: the devices that KFD shows in sysfs.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/tree.h"

namespace penstock::kfd {

struct TopologyNode {
    std::uint32_t number = 0;
    std::uint32_t gpu_id = 0;              // 0 for a CPU node.
    std::uint32_t gfx_target_version = 0;  // 90402 is gfx942.
    std::uint32_t render_minor = 0;        // 0 when it has no render node.
    std::uint32_t simd_count = 0;
    std::uint32_t simds_per_cu = 0;
    std::uint32_t xcc_count = 1;
    std::uint32_t capability = 0;
    std::string name{};  // "gfx942" from the version; "cpu" for a CPU node.
};

inline constexpr std::size_t max_topology_nodes = 128;

// Reads class/kfd/kfd/topology below `sysfs`. A node whose files make no sense is an error with the
// file's name: a device that is half known must not be scheduled.
[[nodiscard]] Result<std::vector<TopologyNode>> read_topology(const Tree& sysfs);

// "gfx90a" for 90010: major, minor and stepping in decimal pairs, the last two in hexadecimal.
[[nodiscard]] std::string gfx_name(std::uint32_t target_version);

}  // namespace penstock::kfd
