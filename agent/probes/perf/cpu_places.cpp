// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/perf/cpu_places.h"

#include <algorithm>
#include <optional>

#include "agent/probes/cpu_list.h"
#include "base/text.h"

namespace penstock {
namespace {

std::optional<std::uint32_t> node_number(std::string_view name) {
    constexpr std::string_view prefix = "node";
    const auto number = name.starts_with(prefix)
                            ? parse_number<std::uint32_t>(name.substr(prefix.size()))
                            : std::nullopt;
    return number && *number < CpuPlaces::most_nodes ? number : std::nullopt;
}

}  // namespace

// A kernel without NUMA has no such folder, and then every package counts as the node of its
// number.
CpuPlaces::CpuPlaces(Machine& machine) : machine_(machine) {
    const auto names = machine.list("sys/devices/system/node");
    if (!names) {
        return;
    }
    for (const std::string& name : *names) {
        const auto number = node_number(name);
        if (!number) {
            continue;
        }
        const auto text = machine.read("sys/devices/system/node/" + name + "/cpulist");
        auto cpus = text ? parse_cpu_list(*text) : std::unexpected(text.error());
        if (cpus && !cpus->empty()) {  // Memory without processors has no counters either.
            nodes_.emplace(*number, std::move(*cpus));
        }
    }
}

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
