// SPDX-License-Identifier: Apache-2.0
//
// PMU tree: writes PMUs, processors and memory nodes into a fake machine's sysfs, as the kernel
// shows them.

#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/fakes/fake_machine.h"

namespace penstock::fakes {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

struct PmuTree {
    std::string name{};
    std::uint32_t type = 0;
    std::optional<std::string> cpumask{};
    NamedTexts format{};
    NamedTexts events{};  // With those called X.scale and X.unit.
};

inline std::string pmu_folder(const std::string& name) {
    return "sys/bus/event_source/devices/" + name;
}

inline void add_pmu(FakeMachine& machine, const PmuTree& pmu) {
    const std::string folder = pmu_folder(pmu.name);
    machine.file(folder + "/type", std::to_string(pmu.type) + "\n");
    if (pmu.cpumask) {
        machine.file(folder + "/cpumask", *pmu.cpumask + "\n");
    }
    for (const auto& [name, text] : pmu.format) {
        machine.file(folder + "/format/" + name, text + "\n");
    }
    for (const auto& [name, text] : pmu.events) {
        // The kernel ends only some of these files with a newline.
        machine.file(folder + "/events/" + name, text);
    }
}

// As many boxes "stem_0" and on, each with the next type.
inline void add_boxes(FakeMachine& machine, PmuTree pmu, std::uint32_t boxes) {
    const std::string stem = pmu.name;
    for (std::uint32_t box = 0; box < boxes; ++box) {
        pmu.name = stem + "_" + std::to_string(box);
        add_pmu(machine, pmu);
        ++pmu.type;
    }
}

// Each package has as many processors and as many memory nodes, all numbered in order.
struct Packages {
    std::uint32_t packages = 1;
    std::uint32_t cpus_each = 4;
    std::uint32_t nodes_each = 1;
};

inline void add_packages(FakeMachine& machine, const Packages& shape) {
    for (std::uint32_t cpu = 0; cpu < shape.packages * shape.cpus_each; ++cpu) {
        machine.file(
            "sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/physical_package_id",
            std::to_string(cpu / shape.cpus_each) + "\n");
    }
    const std::uint32_t cpus_of_node = shape.cpus_each / shape.nodes_each;
    for (std::uint32_t node = 0; node < shape.packages * shape.nodes_each; ++node) {
        const std::uint32_t first = node * cpus_of_node;
        machine.file("sys/devices/system/node/node" + std::to_string(node) + "/cpulist",
                     std::to_string(first) + "-" + std::to_string(first + cpus_of_node - 1) + "\n");
    }
}

}  // namespace penstock::fakes
