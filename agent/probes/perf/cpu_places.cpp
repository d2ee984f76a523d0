// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/perf/cpu_places.h"

#include <algorithm>

#include "agent/probes/cpu_list.h"
#include "agent/probes/numa_nodes.h"
#include "base/text.h"

namespace penstock {
// A kernel without NUMA has no nodes, and then every package counts as the node of its number.
CpuPlaces::CpuPlaces(Machine& machine) : machine_(machine), nodes_(processors_by_node(machine)) {}

Result<std::uint32_t> CpuPlaces::package_of(std::uint32_t cpu) const {
    const std::string file =
        "sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/physical_package_id";
    const Result<std::string> text = machine_.read(file);
    if (!text) {
        return std::unexpected(text.error());
    }
    const auto package = parse_number<std::uint32_t>(trimmed(*text));
    if (!package || *package >= most_cpus) {
        return fail("\"" + printable(trimmed(*text)) + "\" is no package of processor " +
                    std::to_string(cpu));
    }
    return *package;
}

Result<std::uint32_t> CpuPlaces::node_of(std::uint32_t cpu) const {
    for (const auto& [node, cpus] : nodes_) {
        if (std::ranges::binary_search(cpus, cpu)) {
            return node;
        }
    }
    return package_of(cpu);
}

bool CpuPlaces::shares_counters(const std::vector<std::uint32_t>& counting) const {
    std::map<std::uint32_t, int> surplus;  // Of memory nodes, by package.
    for (const auto& [node, cpus] : nodes_) {
        if (const auto package = package_of(cpus.front())) {
            ++surplus[*package];
        }
    }
    for (const std::uint32_t cpu : counting) {
        if (const auto package = package_of(cpu)) {
            --surplus[*package];
        }
    }
    return std::ranges::any_of(surplus, [](const auto& each) { return each.second > 0; });
}

}  // namespace penstock
