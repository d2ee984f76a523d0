// SPDX-License-Identifier: Apache-2.0
//
// Memory places: to which memory node the L3 caches and packages of a machine belong, from sysfs.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "agent/probes/machine.h"

namespace penstock {

class MemoryPlaces {
  public:
    // What can not be read is missing: then the questions below have no answer.
    static MemoryPlaces survey(Machine& machine);

    // By the cache's id in sysfs, which is that of resctrl's domains.
    [[nodiscard]] std::optional<std::uint32_t> of_l3(std::uint32_t id) const;

    // The first one, where a package is divided into several nodes.
    [[nodiscard]] std::optional<std::uint32_t> of_package(std::uint32_t number) const;

    // Nodes that have processors; at least one.
    [[nodiscard]] std::size_t nodes() const { return nodes_.empty() ? 1 : nodes_.size(); }

  private:
    using NodeByNumber = std::map<std::uint32_t, std::uint32_t>;

    [[nodiscard]] std::optional<std::uint32_t> look_up(const NodeByNumber& among,
                                                       std::uint32_t number) const;
    void add_processor(Machine& machine, std::uint32_t cpu, std::uint32_t node);

    std::vector<std::uint32_t> nodes_;
    NodeByNumber by_l3_;
    NodeByNumber by_package_;
};

}  // namespace penstock
