// SPDX-License-Identifier: Apache-2.0
//
// Tables that real machines wrote.

#include "agent/probes/decode/gpu_metrics.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/gpu_probes/table.h"

namespace penstock {
namespace {

using fakes::blank_table;
using fakes::put;
using fakes::recorded;
using fakes::recorded_apu;
using fakes::recorded_card;
using fakes::recorded_idle_card;

GpuMetrics decoded(const std::string& file) {
    const auto metrics = decode_gpu_metrics(file);
    EXPECT_TRUE(metrics) << metrics.error().sentence();
    return metrics.value_or(GpuMetrics{});
}

std::optional<double> field(const std::string& file, std::string_view name) {
    const auto fields = decode_gpu_metrics_fields(file).value();
    const auto found = std::ranges::find(fields, name, &DecodedField::name);
    EXPECT_NE(found, fields.end()) << name;
    return found != fields.end() && found->value ? std::optional(std::get<double>(*found->value))
                                                 : std::nullopt;
}

TEST(GpuMetrics, of_a_card_say_what_the_tool_that_recorded_them_says) {
    const GpuMetrics card = decoded(recorded_card());

    EXPECT_EQ(card.version, (MetricsVersion{1, 3}));
    EXPECT_DOUBLE_EQ(*card.busy.value, 0.64);
    EXPECT_DOUBLE_EQ(*card.power_device.value, 33);
    EXPECT_DOUBLE_EQ(*card.graphics_clock.value, 2165e6);
    EXPECT_DOUBLE_EQ(*card.memory_clock.value, 1000e6);
    EXPECT_DOUBLE_EQ(*card.temperature.value, 36);
    EXPECT_DOUBLE_EQ(*card.hotspot.value, 49);
    EXPECT_EQ(card.energy_count, 3284043806U);
    EXPECT_NEAR(*card.energy.value, 50.1e3, 50);
    EXPECT_DOUBLE_EQ(*card.link_width.value, 8);
    EXPECT_DOUBLE_EQ(*card.link_speed.value, 8e9);
}

TEST(GpuMetrics, of_a_card_have_no_dram_traffic_and_no_traffic_of_the_link) {
    const GpuMetrics card = decoded(recorded_card());

    EXPECT_FALSE(card.dram_read.in_format);
    EXPECT_FALSE(card.dram_written.in_format);
    EXPECT_FALSE(card.link_traffic.in_format);
}

TEST(GpuMetrics, of_an_idle_card_are_zero_and_not_unknown) {
    const GpuMetrics card = decoded(recorded_idle_card());

    EXPECT_DOUBLE_EQ(*card.busy.value, 0);
    EXPECT_DOUBLE_EQ(*card.power_device.value, 1);
    EXPECT_DOUBLE_EQ(*card.temperature.value, 53);
    EXPECT_DOUBLE_EQ(*card.link_speed.value, 16e9);
}

TEST(GpuMetrics, of_an_apu_have_dram_traffic_and_power_by_user) {
    const GpuMetrics apu = decoded(recorded_apu());

    EXPECT_EQ(apu.version, (MetricsVersion{3, 0}));
    EXPECT_DOUBLE_EQ(*apu.dram_read.value, 2504e6);
    EXPECT_DOUBLE_EQ(*apu.dram_written.value, 637e6);
    EXPECT_DOUBLE_EQ(*apu.busy.value, 0.03);
    EXPECT_DOUBLE_EQ(*apu.temperature.value, 38.12);
    EXPECT_DOUBLE_EQ(*apu.power_device.value, 9.839);
    EXPECT_DOUBLE_EQ(*apu.power_socket.value, 9.839);
    EXPECT_DOUBLE_EQ(*apu.power_graphics.value, 1.536);
    EXPECT_DOUBLE_EQ(*apu.power_cores.value, 2.499);
    EXPECT_FALSE(apu.energy.in_format);
    EXPECT_FALSE(apu.link_width.in_format);
}

TEST(GpuMetrics, take_all_ones_as_unknown_and_zero_as_zero) {
    std::string table = blank_table(3, 0, 264);
    put<std::uint16_t>(table, 96, 0);

    const GpuMetrics apu = decoded(table);

    EXPECT_TRUE(apu.dram_read.in_format);
    EXPECT_EQ(apu.dram_read.value, std::nullopt);
    EXPECT_EQ(apu.dram_written.value, 0);
}

TEST(GpuMetrics, are_listed_whole_with_the_kernels_names) {
    const auto fields = decode_gpu_metrics_fields(recorded_card()).value();

    EXPECT_EQ(fields.size(), 41U) << "38 fields, one of them four times, and no padding";
    EXPECT_EQ(field(recorded_card(), "voltage_gfx"), 1.025);
    EXPECT_EQ(field(recorded_card(), "average_socclk_frequency"), std::nullopt);
    EXPECT_EQ(field(recorded_card(), "temperature_hbm[3]"), std::nullopt);
    EXPECT_EQ(field(recorded_apu(), "average_core_c0_activity[2]"), 0.08);
}

TEST(GpuMetrics, may_be_padded_by_the_kernel) {
    std::string padded = recorded_card();
    padded.resize(longest_gpu_metrics);

    EXPECT_DOUBLE_EQ(*decoded(padded).power_device.value, 33);
}

TEST(GpuMetrics, that_nobody_may_believe_are_refused) {
    const auto metrics = decode_gpu_metrics(recorded("mangohud/gpu_metrics_invalid"));

    ASSERT_FALSE(metrics);
    EXPECT_EQ(metrics.error().sentence(), "gpu_metrics has 151 bytes and no header");
}

TEST(GpuMetrics, of_an_empty_file_are_refused) {
    EXPECT_EQ(decode_gpu_metrics("").error().sentence(), "gpu_metrics has 0 bytes and no header");
}

TEST(GpuMetrics, that_claim_more_than_there_is_are_refused) {
    const std::string cut = recorded_card().substr(0, 119);

    EXPECT_EQ(decode_gpu_metrics(cut).error().sentence(),
              "gpu_metrics has 119 bytes and claims 120");
}

TEST(GpuMetrics, of_an_unknown_format_are_refused_by_name) {
    EXPECT_EQ(decode_gpu_metrics(blank_table(4, 7, 264)).error().sentence(),
              "gpu_metrics v4.7 is a format that Penstock does not know");
}

TEST(GpuMetrics, of_another_size_than_their_format_has_are_refused) {
    EXPECT_EQ(decode_gpu_metrics(blank_table(1, 3, 128)).error().sentence(),
              "gpu_metrics v1.3 claims 128 bytes, which is not the size of that format");
}

}  // namespace
}  // namespace penstock
