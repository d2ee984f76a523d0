// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "agent/probes/decode/metrics_layouts.h"

namespace penstock::metrics {
namespace {

constexpr std::uint16_t xgmi_links = 8;
constexpr std::uint16_t gfx_clocks = 8;
constexpr std::uint16_t other_clocks = 4;
constexpr std::uint16_t video_engines = 4;
constexpr std::uint16_t jpeg_engines = 32;
constexpr std::uint16_t jpeg_engines_of_1_8 = 40;
constexpr std::uint16_t dies = 8;
constexpr std::size_t partitions = 8;

constexpr Fields<6> state{
    u16("temperature_hotspot", Unit::celsius, &GpuMetrics::hotspot),
    u16("temperature_mem", Unit::celsius),
    u16("temperature_vrsoc", Unit::celsius),
    u16("curr_socket_power", Unit::watt, &GpuMetrics::power_device),
    u16("average_gfx_activity", Unit::percent, &GpuMetrics::busy),
    u16("average_umc_activity", Unit::percent),
};

constexpr Fields<2> energy{
    u64("energy_accumulator", Unit::energy, &GpuMetrics::energy),
    u64("system_clock_counter", Unit::nanosecond),
};

constexpr Fields<2> locks{u32("throttle_status", Unit::bits),
                          u32("gfxclk_lock_status", Unit::bits)};

constexpr Fields<7> residencies{
    u32("accumulation_counter", Unit::count),
    u32("prochot_residency_acc", Unit::count),
    u32("ppt_residency_acc", Unit::count),
    u32("socket_thm_residency_acc", Unit::count),
    u32("vr_thm_residency_acc", Unit::count),
    u32("hbm_thm_residency_acc", Unit::count),
    u32("gfxclk_lock_status", Unit::bits),
};

// The accumulated bandwidth is a sum of samples, with no unit of its own.
constexpr Fields<11> links{
    u16("pcie_link_width", Unit::lanes, &GpuMetrics::link_width),
    u16("pcie_link_speed", Unit::tenth_gigatransfer, &GpuMetrics::link_speed),
    u16("xgmi_link_width", Unit::lanes),
    u16("xgmi_link_speed", Unit::gigabit_rate),
    u32("gfx_activity_acc", Unit::count),
    u32("mem_activity_acc", Unit::count),
    u64("pcie_bandwidth_acc", Unit::count),
    u64("pcie_bandwidth_inst", Unit::gigabyte_rate, &GpuMetrics::link_traffic),
    u64("pcie_l0_to_recov_count_acc", Unit::count),
    u64("pcie_replay_count_acc", Unit::count),
    u64("pcie_replay_rover_count_acc", Unit::count),
};

constexpr Fields<2> naks{u32("pcie_nak_sent_count_acc", Unit::count),
                         u32("pcie_nak_rcvd_count_acc", Unit::count)};

constexpr Fields<2> xgmi{u64("xgmi_read_data_acc", Unit::kilobyte) * xgmi_links,
                         u64("xgmi_write_data_acc", Unit::kilobyte) * xgmi_links};

constexpr Fields<2> xgmi_state{u16("xgmi_link_status", Unit::bits) * xgmi_links,
                               u16("padding", Unit::padding)};

constexpr Fields<6> clocks{
    u64("firmware_timestamp", Unit::ten_nanoseconds),
    u16("current_gfxclk", Unit::megahertz, &GpuMetrics::graphics_clock) * gfx_clocks,
    u16("current_socclk", Unit::megahertz) * other_clocks,
    u16("current_vclk0", Unit::megahertz) * other_clocks,
    u16("current_dclk0", Unit::megahertz) * other_clocks,
    u16("current_uclk", Unit::megahertz, &GpuMetrics::memory_clock),
};

constexpr Field padding = u16("padding", Unit::padding);
constexpr Field partition_count = u16("num_partition", Unit::count);
constexpr Field recovery = u32("pcie_lc_perf_other_end_recovery", Unit::count);
constexpr Field video = u16("vcn_activity", Unit::percent) * video_engines;
constexpr Field jpeg = u16("jpeg_activity", Unit::percent) * jpeg_engines;

consteval Fields<4> partition(std::uint16_t jpegs) {
    return {u32("gfx_busy_inst", Unit::percent) * dies,
            u16("jpeg_busy", Unit::percent) * jpegs,
            u16("vcn_busy", Unit::percent) * video_engines,
            u64("gfx_busy_acc", Unit::count) * dies};
}

constexpr Fields<4> partition_1_6 = partition(jpeg_engines);
constexpr auto partition_1_7 = partition_1_6 + u64("gfx_below_host_limit_acc", Unit::count) * dies;
constexpr auto partition_1_8 = partition(jpeg_engines_of_1_8) +
                               u64("gfx_below_host_limit_ppt_acc", Unit::count) * dies +
                               u64("gfx_below_host_limit_thm_acc", Unit::count) * dies +
                               u64("gfx_low_utilization_acc", Unit::count) * dies;

constexpr auto head_1_7 = state + u64("mem_max_bandwidth", Unit::gigabyte_rate) + energy +
                          residencies + links + naks + xgmi + xgmi_state + clocks + partition_count;

constexpr auto v1_4 = lay_out(state + video + energy + locks + links + xgmi + clocks + padding);
constexpr auto v1_5 =
    lay_out(state + video + jpeg + energy + locks + links + naks + xgmi + clocks + padding);
constexpr auto v1_6 =
    lay_out(state + energy + residencies + links + naks + xgmi + clocks + partition_count +
            for_partitions<partitions>(partition_1_6) + recovery);
constexpr auto v1_7 = lay_out(head_1_7 + for_partitions<partitions>(partition_1_7) + recovery);
constexpr auto v1_8 = lay_out(head_1_7 + for_partitions<partitions>(partition_1_8) + recovery);

static_assert(v1_4.bytes == 288);
static_assert(v1_5.bytes == 360);
static_assert(v1_6.bytes == 1664);
static_assert(v1_7.bytes == 2208);
static_assert(v1_8.bytes == 3360);
static_assert(v1_4.offset_of("energy_accumulator") == 24);
static_assert(v1_4.offset_of("pcie_bandwidth_inst") == 72);
static_assert(v1_4.offset_of("firmware_timestamp") == 232);
static_assert(v1_5.offset_of("energy_accumulator") == 88);
static_assert(v1_5.offset_of("xgmi_read_data_acc") == 176);
static_assert(v1_6.offset_of("energy_accumulator") == 16);
static_assert(v1_6.offset_of("gfx_busy_inst") == 312);
static_assert(v1_6.offset_of("pcie_lc_perf_other_end_recovery") == 1656);
static_assert(v1_7.offset_of("firmware_timestamp") == 288);
static_assert(v1_7.offset_of("pcie_lc_perf_other_end_recovery") == 2200);
static_assert(v1_8.offset_of("num_partition") == 338);
static_assert(v1_8.offset_of("pcie_lc_perf_other_end_recovery") == 3352);

constexpr std::array layouts{
    v1_4.as({1, 4}), v1_5.as({1, 5}), v1_6.as({1, 6}), v1_7.as({1, 7}), v1_8.as({1, 8})};

}  // namespace

std::span<const Layout> instinct_layouts() {
    return layouts;
}

}  // namespace penstock::metrics
