// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "agent/probes/decode/metrics_layouts.h"

namespace penstock::metrics {
namespace {

constexpr Fields<1> clock{u64("system_clock_counter", Unit::nanosecond)};

constexpr Fields<10> state{
    u16("temperature_edge", Unit::celsius, &GpuMetrics::temperature),
    u16("temperature_hotspot", Unit::celsius, &GpuMetrics::hotspot),
    u16("temperature_mem", Unit::celsius),
    u16("temperature_vrgfx", Unit::celsius),
    u16("temperature_vrsoc", Unit::celsius),
    u16("temperature_vrmem", Unit::celsius),
    u16("average_gfx_activity", Unit::percent, &GpuMetrics::busy),
    u16("average_umc_activity", Unit::percent),
    u16("average_mm_activity", Unit::percent),
    u16("average_socket_power", Unit::watt, &GpuMetrics::power_device),
};

constexpr Fields<16> clocks{
    u16("average_gfxclk_frequency", Unit::megahertz),
    u16("average_socclk_frequency", Unit::megahertz),
    u16("average_uclk_frequency", Unit::megahertz),
    u16("average_vclk0_frequency", Unit::megahertz),
    u16("average_dclk0_frequency", Unit::megahertz),
    u16("average_vclk1_frequency", Unit::megahertz),
    u16("average_dclk1_frequency", Unit::megahertz),
    u16("current_gfxclk", Unit::megahertz, &GpuMetrics::graphics_clock),
    u16("current_socclk", Unit::megahertz),
    u16("current_uclk", Unit::megahertz, &GpuMetrics::memory_clock),
    u16("current_vclk0", Unit::megahertz),
    u16("current_dclk0", Unit::megahertz),
    u16("current_vclk1", Unit::megahertz),
    u16("current_dclk1", Unit::megahertz),
    u32("throttle_status", Unit::bits),
    u16("current_fan_speed", Unit::revolutions_per_minute),
};

constexpr Fields<6> tail{
    u16("pcie_link_width", Unit::lanes, &GpuMetrics::link_width),
    u16("pcie_link_speed", Unit::tenth_gigatransfer, &GpuMetrics::link_speed),
    u16("padding", Unit::padding),
    u32("gfx_activity_acc", Unit::count),
    u32("mem_activity_acc", Unit::count),
    u16("temperature_hbm", Unit::celsius) * 4,
};

constexpr auto v1_0 =
    lay_out(clock + state + u32("energy_accumulator", Unit::energy, &GpuMetrics::energy) + clocks +
            u8("pcie_link_width", Unit::lanes, &GpuMetrics::link_width) +
            u8("pcie_link_speed", Unit::tenth_gigatransfer, &GpuMetrics::link_speed));

constexpr auto sequence_1_1 =
    state + u64("energy_accumulator", Unit::energy, &GpuMetrics::energy) + clock + clocks + tail;
constexpr auto sequence_1_2 = sequence_1_1 + u64("firmware_timestamp", Unit::ten_nanoseconds);
constexpr auto sequence_1_3 = sequence_1_2 + u16("voltage_soc", Unit::millivolt) +
                              u16("voltage_gfx", Unit::millivolt) +
                              u16("voltage_mem", Unit::millivolt) + u16("padding1", Unit::padding) +
                              u64("indep_throttle_status", Unit::bits);

constexpr auto v1_1 = lay_out(sequence_1_1);
constexpr auto v1_2 = lay_out(sequence_1_2);
constexpr auto v1_3 = lay_out(sequence_1_3);

static_assert(v1_0.bytes == 80);
static_assert(v1_1.bytes == 96);
static_assert(v1_2.bytes == 104);
static_assert(v1_3.bytes == 120);
static_assert(v1_0.offset_of("system_clock_counter") == 8);
static_assert(v1_0.offset_of("pcie_link_speed") == 75);
static_assert(v1_3.offset_of("energy_accumulator") == 24);
static_assert(v1_3.offset_of("current_gfxclk") == 54);
static_assert(v1_3.offset_of("pcie_link_width") == 74);
static_assert(v1_3.offset_of("firmware_timestamp") == 96);

constexpr std::array layouts{v1_0.as({1, 0}), v1_1.as({1, 1}), v1_2.as({1, 2}), v1_3.as({1, 3})};

}  // namespace

std::span<const Layout> discrete_layouts() {
    return layouts;
}

}  // namespace penstock::metrics
