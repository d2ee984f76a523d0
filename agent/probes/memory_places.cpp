// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/memory_places.h"

#include <algorithm>

#include "agent/probes/numa_nodes.h"
#include "base/text.h"

namespace penstock {
namespace {

// Levels of caches, each at most twice: for instructions and for other bytes.
constexpr int most_caches = 8;

std::optional<std::uint32_t> number_in(Machine& machine, const std::string& path) {
    const auto text = machine.read(path);
    return text ? parse_number<std::uint32_t>(trimmed(*text)) : std::nullopt;
}

std::optional<std::uint32_t> l3_of(Machine& machine, const std::string& cpu_folder) {
    for (int index = 0; index < most_caches; ++index) {
        const std::string cache = cpu_folder + "/cache/index" + std::to_string(index);
        const auto level = number_in(machine, cache + "/level");
        if (!level) {
            return std::nullopt;
        }
        if (*level == 3) {
            return number_in(machine, cache + "/id");
        }
    }
    return std::nullopt;
}

}  // namespace

MemoryPlaces MemoryPlaces::survey(Machine& machine) {
    MemoryPlaces places;
    for (const auto& [node, cpus] : processors_by_node(machine)) {
        places.nodes_.push_back(node);
        for (const std::uint32_t cpu : cpus) {
            places.add_processor(machine, cpu, node);
        }
    }
    return places;
}

void MemoryPlaces::add_processor(Machine& machine, std::uint32_t cpu, std::uint32_t node) {
    const std::string folder = "sys/devices/system/cpu/cpu" + std::to_string(cpu);
    const auto settle = [node](NodeByNumber& among, std::optional<std::uint32_t> number) {
        if (number) {
            const auto [at, fresh] = among.emplace(*number, node);
            at->second = std::min(at->second, node);
        }
    };
    settle(by_l3_, l3_of(machine, folder));
    settle(by_package_, number_in(machine, folder + "/topology/physical_package_id"));
}

std::optional<std::uint32_t> MemoryPlaces::look_up(const NodeByNumber& among,
                                                   std::uint32_t number) const {
    if (const auto found = among.find(number); found != among.end()) {
        return found->second;
    }
    if (nodes_.size() > 1) {
        return std::nullopt;
    }
    return nodes_.empty() ? 0 : nodes_.front();
}

std::optional<std::uint32_t> MemoryPlaces::of_l3(std::uint32_t id) const {
    return look_up(by_l3_, id);
}

std::optional<std::uint32_t> MemoryPlaces::of_package(std::uint32_t number) const {
    return look_up(by_package_, number);
}

}  // namespace penstock
