// SPDX-License-Identifier: Apache-2.0
//
// MBM domains: the files in which resctrl counts the memory traffic of one group, one for each L3
// cache or, with sub-NUMA clusters, for each memory node behind it.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/probes/machine.h"

namespace penstock {

inline constexpr const char* resctrl_root = "sys/fs/resctrl";

struct MbmDomain {
    std::uint32_t l3 = 0;
    std::optional<std::uint32_t> node{};  // Where resctrl itself names the memory node.
    std::string path{};                   // Of mbm_total_bytes.
};

// Of the group whose folder is given; empty where it counts only other things.
[[nodiscard]] Result<std::vector<MbmDomain>> mbm_domains(Machine& machine,
                                                         const std::string& group);

// Why nothing can be read of resctrl at all, as a sentence; nothing when it can.
[[nodiscard]] std::optional<std::string> resctrl_trouble(Machine& machine);

}  // namespace penstock
