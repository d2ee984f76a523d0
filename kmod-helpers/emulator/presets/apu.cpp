// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "kmod-helpers/emulator/presets/machine_writer.h"
#include "kmod-helpers/emulator/presets/modelled_machines.h"

namespace penstock::emulator {
namespace {

constexpr std::uint64_t gib = 1ULL << 30;

// As recorded on a Strix Point, except for the counts of SIMDs and caches.
constexpr std::array properties = {
    Property{"cpu_cores_count", 0},
    Property{"simd_count", 32},
    Property{"mem_banks_count", 1},
    Property{"caches_count", 1},
    Property{"io_links_count", 1},
    Property{"p2p_links_count", 0},
    Property{"cpu_core_id_base", 0},
    Property{"simd_id_base", 2147487744},
    Property{"max_waves_per_simd", 16},
    Property{"lds_size_in_kb", 64},
    Property{"gds_size_in_kb", 0},
    Property{"num_gws", 64},
    Property{"wave_front_size", 32},
    Property{"array_count", 2},
    Property{"simd_arrays_per_engine", 2},
    Property{"cu_per_simd_array", 8},
    Property{"simd_per_cu", 2},
    Property{"max_slots_scratch_cu", 32},
    Property{"gfx_target_version", 110500},
    Property{"vendor_id", 0x1002},
    Property{"device_id", 0x150e},
    Property{"location_id", 0xc100},
    Property{"domain", 0},
    Property{"drm_render_minor", 128},
    Property{"hive_id", 0},
    Property{"num_sdma_engines", 1},
    Property{"num_sdma_xgmi_engines", 0},
    Property{"num_sdma_queues_per_engine", 6},
    Property{"num_cp_queues", 8},
    Property{"max_engine_clk_fcompute", 2900},
    Property{"local_mem_size", 0},
    Property{"fw_version", 32},
    // Doorbell type 2 (0x2000), debugger (0x8000) and the firmware for it (0x20000000).
    Property{"capability", 0x2103a280},
    Property{"capability2", 0},
    Property{"debug_prop", 1495},
    Property{"sdma_fw_version", 14},
    Property{"unique_id", 0},
    Property{"num_xcc", 1},
    Property{"max_engine_clk_ccompute", 5100},
};

constexpr std::array memory = {
    Property{"heap_type", 1},  // The frame buffer, public.
    Property{"size_in_bytes", 16 * gib},
    Property{"flags", 0},
    Property{"width", 128},
    Property{"mem_clk_max", 1000},
};

constexpr std::array cache = {
    Property{"processor_id_low", 2147487746},
    Property{"level", 2},
    Property{"size", 2048},
    Property{"cache_line_size", 128},
    Property{"cache_lines_per_tag", 0},
    Property{"association", 0},
    Property{"latency", 0},
    Property{"type", 9},  // Data, GPU.
};

}  // namespace

Topology apu_topology() {
    return written_machine(
        {.cores = 24, .memory_bytes = 32 * gib, .memory_bus_bits = 128, .memory_mhz = 8000},
        {.gpu_id = 51432,
         .name = "ip discovery",
         .properties = properties,
         .memory = memory,
         .cache = cache});
}

}  // namespace penstock::emulator
