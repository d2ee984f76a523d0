// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "agent/probes/decode/metrics_layouts.h"

namespace penstock::metrics {
namespace {

constexpr std::uint16_t cores = 8;
constexpr std::uint16_t caches = 2;
constexpr std::uint16_t cores_of_3_0 = 16;
constexpr std::uint16_t ipu_columns = 8;

constexpr Fields<1> clock{u64("system_clock_counter", Unit::nanosecond)};

consteval Fields<6> state(Unit share) {
    return {
        u16("temperature_gfx", Unit::centi_celsius, &GpuMetrics::temperature),
        u16("temperature_soc", Unit::centi_celsius),
        u16("temperature_core", Unit::centi_celsius) * cores,
        u16("temperature_l3", Unit::centi_celsius) * caches,
        u16("average_gfx_activity", share, &GpuMetrics::busy),
        u16("average_mm_activity", share),
    };
}

constexpr Fields<5> powers{
    u16("average_socket_power", Unit::milliwatt, &GpuMetrics::power_device),
    u16("average_cpu_power", Unit::milliwatt, &GpuMetrics::power_cores),
    u16("average_soc_power", Unit::milliwatt),
    u16("average_gfx_power", Unit::milliwatt, &GpuMetrics::power_graphics),
    u16("average_core_power", Unit::milliwatt) * cores,
};

constexpr Fields<16> clocks{
    u16("average_gfxclk_frequency", Unit::megahertz),
    u16("average_socclk_frequency", Unit::megahertz),
    u16("average_uclk_frequency", Unit::megahertz),
    u16("average_fclk_frequency", Unit::megahertz),
    u16("average_vclk_frequency", Unit::megahertz),
    u16("average_dclk_frequency", Unit::megahertz),
    u16("current_gfxclk", Unit::megahertz, &GpuMetrics::graphics_clock),
    u16("current_socclk", Unit::megahertz),
    u16("current_uclk", Unit::megahertz, &GpuMetrics::memory_clock),
    u16("current_fclk", Unit::megahertz),
    u16("current_vclk", Unit::megahertz),
    u16("current_dclk", Unit::megahertz),
    u16("current_coreclk", Unit::megahertz) * cores,
    u16("current_l3clk", Unit::megahertz) * caches,
    u32("throttle_status", Unit::bits),
    u16("fan_pwm", Unit::count),
};

consteval auto sequence_2_1(Unit share) {
    return state(share) + clock + powers + clocks + u16("padding", Unit::padding) * 3;
}

consteval auto sequence_2_2(Unit share) {
    return sequence_2_1(share) + u64("indep_throttle_status", Unit::bits);
}

consteval auto sequence_2_3(Unit share) {
    return sequence_2_2(share) + u16("average_temperature_gfx", Unit::centi_celsius) +
           u16("average_temperature_soc", Unit::centi_celsius) +
           u16("average_temperature_core", Unit::centi_celsius) * cores +
           u16("average_temperature_l3", Unit::centi_celsius) * caches;
}

constexpr auto v2_0 = lay_out(clock + state(Unit::percent_or_centi) + powers + clocks +
                              u16("padding", Unit::padding));
constexpr auto v2_1 = lay_out(sequence_2_1(Unit::percent_or_centi));
constexpr auto v2_2 = lay_out(sequence_2_2(Unit::percent_or_centi));
constexpr auto v2_3 = lay_out(sequence_2_3(Unit::percent_or_centi));
constexpr auto v2_4 = lay_out(
    sequence_2_3(Unit::centi_percent) + u16("average_cpu_voltage", Unit::millivolt) +
    u16("average_soc_voltage", Unit::millivolt) + u16("average_gfx_voltage", Unit::millivolt) +
    u16("average_cpu_current", Unit::milliampere) + u16("average_soc_current", Unit::milliampere) +
    u16("average_gfx_current", Unit::milliampere));

constexpr Fields<12> state_3_0{
    u16("temperature_gfx", Unit::centi_celsius, &GpuMetrics::temperature),
    u16("temperature_soc", Unit::centi_celsius),
    u16("temperature_core", Unit::centi_celsius) * cores_of_3_0,
    u16("temperature_skin", Unit::centi_celsius),
    u16("average_gfx_activity", Unit::percent, &GpuMetrics::busy),
    u16("average_vcn_activity", Unit::percent),
    u16("average_ipu_activity", Unit::percent) * ipu_columns,
    u16("average_core_c0_activity", Unit::percent) * cores_of_3_0,
    u16("average_dram_reads", Unit::megabyte_rate, &GpuMetrics::dram_read),
    u16("average_dram_writes", Unit::megabyte_rate, &GpuMetrics::dram_written),
    u16("average_ipu_reads", Unit::megabyte_rate),
    u16("average_ipu_writes", Unit::megabyte_rate),
};

// The socket's power contains that of a companion device, which has a table of its own.
constexpr Fields<10> powers_3_0{
    u32("average_socket_power", Unit::milliwatt, &GpuMetrics::power_socket),
    u16("average_ipu_power", Unit::milliwatt),
    u32("average_apu_power", Unit::milliwatt, &GpuMetrics::power_device),
    u32("average_gfx_power", Unit::milliwatt, &GpuMetrics::power_graphics),
    u32("average_dgpu_power", Unit::milliwatt),
    u32("average_all_core_power", Unit::milliwatt, &GpuMetrics::power_cores),
    u16("average_core_power", Unit::milliwatt) * cores_of_3_0,
    u16("average_sys_power", Unit::milliwatt),
    u16("stapm_power_limit", Unit::milliwatt),
    u16("current_stapm_power_limit", Unit::milliwatt),
};

constexpr Fields<11> clocks_3_0{
    u16("average_gfxclk_frequency", Unit::megahertz, &GpuMetrics::graphics_clock),
    u16("average_socclk_frequency", Unit::megahertz),
    u16("average_vpeclk_frequency", Unit::megahertz),
    u16("average_ipuclk_frequency", Unit::megahertz),
    u16("average_fclk_frequency", Unit::megahertz),
    u16("average_vclk_frequency", Unit::megahertz),
    u16("average_uclk_frequency", Unit::megahertz, &GpuMetrics::memory_clock),
    u16("average_mpipu_frequency", Unit::megahertz),
    u16("current_coreclk", Unit::megahertz) * cores_of_3_0,
    u16("current_core_maxfreq", Unit::megahertz),
    u16("current_gfx_maxfreq", Unit::megahertz),
};

constexpr Fields<8> residencies_3_0{
    u32("throttle_residency_prochot", Unit::count),
    u32("throttle_residency_spl", Unit::count),
    u32("throttle_residency_fppt", Unit::count),
    u32("throttle_residency_sppt", Unit::count),
    u32("throttle_residency_thm_core", Unit::count),
    u32("throttle_residency_thm_gfx", Unit::count),
    u32("throttle_residency_thm_soc", Unit::count),
    u32("time_filter_alphavalue", Unit::microsecond),
};

constexpr auto v3_0 = lay_out(state_3_0 + clock + powers_3_0 + clocks_3_0 + residencies_3_0);

static_assert(v2_0.bytes == 120);
static_assert(v2_1.bytes == 120);
static_assert(v2_2.bytes == 128);
static_assert(v2_3.bytes == 152);
static_assert(v2_4.bytes == 168);
static_assert(v3_0.bytes == 264);
static_assert(v2_0.offset_of("average_socket_power") == 44);
static_assert(v2_1.offset_of("average_socket_power") == 40);
static_assert(v2_2.offset_of("indep_throttle_status") == 120);
static_assert(v2_4.offset_of("average_cpu_voltage") == 152);
static_assert(v3_0.offset_of("average_dram_reads") == 94);
static_assert(v3_0.offset_of("system_clock_counter") == 104);
static_assert(v3_0.offset_of("average_all_core_power") == 132);
static_assert(v3_0.offset_of("time_filter_alphavalue") == 256);

constexpr std::array layouts{v2_0.as({2, 0}),
                             v2_1.as({2, 1}),
                             v2_2.as({2, 2}),
                             v2_3.as({2, 3}),
                             v2_4.as({2, 4}),
                             v3_0.as({3, 0})};

}  // namespace

std::span<const Layout> apu_layouts() {
    return layouts;
}

}  // namespace penstock::metrics
