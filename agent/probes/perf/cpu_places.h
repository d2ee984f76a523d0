// SPDX-License-Identifier: Apache-2.0
//
// CPU places: which package and which memory node a processor belongs to.
//
// The counters of a memory controller name no memory node, only the processor on which they are
// counted; its node is taken for theirs. That is exact where a package, or each of its dies, is one
// node. Where a package is split into several nodes (SNC, NPS) but counted on one processor, that
// processor's node stands for all of them: shares_counters() tells.

#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "agent/probes/machine.h"

namespace penstock {

class CpuPlaces {
  public:
    // The machine outlives it. Nodes that can not be read are left out.
    explicit CpuPlaces(Machine& machine);

    [[nodiscard]] Result<std::uint32_t> package_of(std::uint32_t cpu) const;

    // Without a node of its own, as in a kernel without NUMA, each package is one.
    [[nodiscard]] Result<std::uint32_t> node_of(std::uint32_t cpu) const;

    // Whether a package has more memory nodes than processors of `counting`.
    [[nodiscard]] bool shares_counters(const std::vector<std::uint32_t>& counting) const;

  private:
    using Nodes = std::map<std::uint32_t, std::vector<std::uint32_t>>;  // Their processors.

    Machine& machine_;
    Nodes nodes_;
};

}  // namespace penstock
