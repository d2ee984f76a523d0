// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/numa_nodes.h"

#include <optional>
#include <string>
#include <string_view>

#include "agent/probes/cpu_list.h"
#include "base/text.h"

namespace penstock {
namespace {

std::optional<std::uint32_t> node_number(std::string_view name) {
    constexpr std::string_view prefix = "node";
    const auto number = name.starts_with(prefix)
                            ? parse_number<std::uint32_t>(name.substr(prefix.size()))
                            : std::nullopt;
    return number && *number < most_numa_nodes ? number : std::nullopt;
}

}  // namespace

std::map<std::uint32_t, std::vector<std::uint32_t>> processors_by_node(Machine& machine) {
    const std::string folder = "sys/devices/system/node";
    std::map<std::uint32_t, std::vector<std::uint32_t>> nodes;
    const auto names = machine.list(folder);
    if (!names) {
        return nodes;
    }
    for (const std::string& name : *names) {
        const auto number = node_number(name);
        if (!number) {
            continue;
        }
        std::string path = folder;
        path.append("/").append(name).append("/cpulist");
        const auto text = machine.read(path);
        auto cpus = text ? parse_cpu_list(*text) : std::unexpected(text.error());
        if (cpus && !cpus->empty()) {
            nodes.emplace(*number, std::move(*cpus));
        }
    }
    return nodes;
}

}  // namespace penstock
