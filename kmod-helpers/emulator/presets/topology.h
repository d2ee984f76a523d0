// SPDX-License-Identifier: Apache-2.0
//
// Topology: the files of /sys/class/kfd/kfd/topology as text, and the devices they describe.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "kmod-helpers/emulator/preset.h"

namespace penstock::emulator {

// By path below the topology directory: "nodes/1/properties".
using Topology = std::map<std::string, std::string>;

// Reads and checks such a directory. Live figures (used_memory) are left out; the numbers of
// nodes and of entries and the size of every file are bounded.
[[nodiscard]] Result<Topology> read_topology(const std::string& directory);

// One device per node whose gpu_id is not 0, in the order of the nodes.
[[nodiscard]] Result<std::vector<PresetDevice>> devices_of(const Topology& topology);

// "gfx90a" for 90010: the name that compilers and people use.
[[nodiscard]] std::string target_name(std::uint32_t gfx_target_version);

}  // namespace penstock::emulator
