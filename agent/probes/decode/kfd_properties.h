// SPDX-License-Identifier: Apache-2.0
//
// KFD properties: the lines of a node of /sys/class/kfd/kfd/topology, every number under KFD's
// name.
//
// Unlike kmod-helpers/topology, which takes what the agent needs and refuses what it can not trust,
// this shows everything that is written there.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/probes/decode/decoded_field.h"
#include "base/result.h"

namespace penstock {

inline constexpr std::size_t most_kfd_properties = 512;

// The text of one `properties` file. A line that is not "name number" is a failure: then the file
// is something else.
[[nodiscard]] Result<std::vector<DecodedField>> decode_kfd_properties(std::string_view text);

// A `properties` file, a node's folder, or a folder of nodes, or of "nodes" (topology, kfd). The
// names begin with the path from there: "nodes/1/simd_count".
[[nodiscard]] Result<std::vector<DecodedField>> decode_kfd_topology(const std::string& path);

}  // namespace penstock
