// SPDX-License-Identifier: Apache-2.0
//
// Machine writer: the files of a modelled machine with one CPU node (0) and one GPU node (1).

#pragma once

#include <span>

#include "kmod-helpers/emulator/presets/property_text.h"
#include "kmod-helpers/emulator/presets/topology.h"

namespace penstock::emulator {

struct ModelledCpu {
    std::uint64_t cores = 0;
    std::uint64_t memory_bytes = 0;
    std::uint64_t memory_bus_bits = 0;
    std::uint64_t memory_mhz = 0;
};

struct ModelledGpu {
    std::uint32_t gpu_id = 0;
    const char* name = "";
    std::span<const Property> properties{};
    std::span<const Property> memory{};
    std::span<const Property> cache{};
};

// Node 0 alone.
[[nodiscard]] Topology written_machine(const ModelledCpu& cpu);

[[nodiscard]] Topology written_machine(const ModelledCpu& cpu, const ModelledGpu& gpu);

}  // namespace penstock::emulator
