// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/presets/machine_writer.h"

#include <array>

namespace penstock::emulator {
namespace {

std::string cpu_properties(const ModelledCpu& cpu) {
    // At least one cache: with none, AMD's thunk looks for the CPU's own in sysfs and gives up in a
    // virtual machine that has no such folder.
    const std::array properties = {
        Property{"cpu_cores_count", cpu.cores},
        Property{"simd_count", 0},
        Property{"mem_banks_count", 1},
        Property{"caches_count", 1},
        Property{"io_links_count", 1},
        Property{"p2p_links_count", 0},
        Property{"cpu_core_id_base", 0},
        Property{"simd_id_base", 0},
        Property{"max_waves_per_simd", 0},
        Property{"lds_size_in_kb", 0},
        Property{"gds_size_in_kb", 0},
        Property{"num_gws", 0},
        Property{"wave_front_size", 0},
        Property{"array_count", 0},
        Property{"simd_arrays_per_engine", 0},
        Property{"cu_per_simd_array", 0},
        Property{"simd_per_cu", 0},
        Property{"max_slots_scratch_cu", 0},
        Property{"gfx_target_version", 0},
        Property{"vendor_id", 0},
        Property{"device_id", 0},
        Property{"location_id", 0},
        Property{"domain", 0},
        Property{"drm_render_minor", 0},
        Property{"hive_id", 0},
        Property{"num_sdma_engines", 0},
        Property{"num_sdma_xgmi_engines", 0},
        Property{"num_sdma_queues_per_engine", 0},
        Property{"num_cp_queues", 0},
        Property{"max_engine_clk_ccompute", 5100},
    };
    return property_text(properties);
}

std::string cpu_memory(const ModelledCpu& cpu) {
    const std::array properties = {
        Property{"heap_type", 0},  // System memory.
        Property{"size_in_bytes", cpu.memory_bytes},
        Property{"flags", 0},
        Property{"width", cpu.memory_bus_bits},
        Property{"mem_clk_max", cpu.memory_mhz},
    };
    return property_text(properties);
}

std::string link(std::uint64_t from, std::uint64_t to, std::uint64_t flags) {
    const std::array properties = {
        Property{"type", 2},  // PCI Express.
        Property{"version_major", 0},
        Property{"version_minor", 0},
        Property{"node_from", from},
        Property{"node_to", to},
        Property{"weight", 20},
        Property{"min_latency", 0},
        Property{"max_latency", 0},
        Property{"min_bandwidth", 0},
        Property{"max_bandwidth", 32000},  // MB/s.
        Property{"recommended_transfer_size", 0},
        Property{"flags", flags},
    };
    return property_text(properties);
}

std::string cache(std::span<const Property> properties) {
    return property_text(properties) + "sibling_map 1,0,0,0\n";
}

constexpr std::array cpu_cache = {
    Property{"processor_id_low", 0},
    Property{"level", 1},
    Property{"size", 32},
    Property{"cache_line_size", 64},
    Property{"cache_lines_per_tag", 1},
    Property{"association", 8},
    Property{"latency", 0},
    Property{"type", 5},  // Data, CPU.
};

constexpr std::array platform = {
    Property{"platform_oem", 0}, Property{"platform_id", 0}, Property{"platform_rev", 0}};

}  // namespace

Topology written_machine(const ModelledCpu& cpu) {
    return {
        {"generation_id", "1\n"},
        {"system_properties", property_text(platform)},
        {"nodes/0/gpu_id", "0\n"},
        {"nodes/0/name", "\n"},
        {"nodes/0/properties", cpu_properties(cpu)},
        {"nodes/0/mem_banks/0/properties", cpu_memory(cpu)},
        {"nodes/0/caches/0/properties", cache(cpu_cache)},
    };
}

Topology written_machine(const ModelledCpu& cpu, const ModelledGpu& gpu) {
    return {
        {"generation_id", "2\n"},
        {"system_properties", property_text(platform)},
        {"nodes/0/gpu_id", "0\n"},
        {"nodes/0/name", "\n"},
        {"nodes/0/properties", cpu_properties(cpu)},
        {"nodes/0/mem_banks/0/properties", cpu_memory(cpu)},
        {"nodes/0/caches/0/properties", cache(cpu_cache)},
        {"nodes/0/io_links/0/properties", link(0, 1, 3)},
        {"nodes/1/gpu_id", std::to_string(gpu.gpu_id) + "\n"},
        {"nodes/1/name", std::string(gpu.name) + "\n"},
        {"nodes/1/properties", property_text(gpu.properties)},
        {"nodes/1/mem_banks/0/properties", property_text(gpu.memory)},
        {"nodes/1/caches/0/properties", cache(gpu.cache)},
        {"nodes/1/io_links/0/properties", link(1, 0, 1)},
    };
}

}  // namespace penstock::emulator
