// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "kmod-helpers/emulator/presets/machine_writer.h"
#include "kmod-helpers/emulator/presets/modelled_machines.h"

namespace penstock::emulator {
namespace {

constexpr std::uint64_t gib = 1ULL << 30;

constexpr std::array properties = {
    Property{"cpu_cores_count", 0},
    Property{"simd_count", 416},
    Property{"mem_banks_count", 1},
    Property{"caches_count", 1},
    Property{"io_links_count", 1},
    Property{"p2p_links_count", 0},
    Property{"cpu_core_id_base", 0},
    Property{"simd_id_base", 2147487744},
    Property{"max_waves_per_simd", 8},
    Property{"lds_size_in_kb", 64},
    Property{"gds_size_in_kb", 0},
    Property{"num_gws", 64},
    Property{"wave_front_size", 64},
    Property{"array_count", 8},
    Property{"simd_arrays_per_engine", 1},
    Property{"cu_per_simd_array", 14},
    Property{"simd_per_cu", 4},
    Property{"max_slots_scratch_cu", 32},
    Property{"gfx_target_version", 90010},
    Property{"vendor_id", 0x1002},
    Property{"device_id", 0x740f},
    Property{"location_id", 768},
    Property{"domain", 0},
    Property{"drm_render_minor", 128},
    Property{"hive_id", 0},
    Property{"num_sdma_engines", 2},
    Property{"num_sdma_xgmi_engines", 3},
    Property{"num_sdma_queues_per_engine", 8},
    Property{"num_cp_queues", 24},
    Property{"max_engine_clk_fcompute", 1700},
    Property{"local_mem_size", 0},
    Property{"fw_version", 71},
    // Doorbell type 2 (0x2000), debugger (0x8000) and the firmware for it (0x20000000).
    Property{"capability", 0x2c03a280},
    Property{"debug_prop", 1475},
    Property{"sdma_fw_version", 8},
    Property{"unique_id", 1311768467463790320},
    Property{"num_xcc", 1},
    Property{"max_engine_clk_ccompute", 2500},
};

constexpr std::array memory = {
    Property{"heap_type", 1},  // The frame buffer, public.
    Property{"size_in_bytes", 64 * gib},
    Property{"flags", 0},
    Property{"width", 4096},
    Property{"mem_clk_max", 1600},
};

constexpr std::array cache = {
    Property{"processor_id_low", 2147487744},
    Property{"level", 1},
    Property{"size", 16},
    Property{"cache_line_size", 64},
    Property{"cache_lines_per_tag", 1},
    Property{"association", 64},
    Property{"latency", 0},
    Property{"type", 9},  // Data, GPU.
};

}  // namespace

Topology gfx90a_topology() {
    return written_machine(
        {.cores = 32, .memory_bytes = 128 * gib, .memory_bus_bits = 72, .memory_mhz = 3200},
        {.gpu_id = 27719,
         .name = "aldebaran",
         .properties = properties,
         .memory = memory,
         .cache = cache});
}

}  // namespace penstock::emulator
