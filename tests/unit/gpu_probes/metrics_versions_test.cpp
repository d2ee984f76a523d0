// SPDX-License-Identifier: Apache-2.0
//
// Versions of gpu_metrics of which there is no recording: tables made from the kernel's structures.

#include <gtest/gtest.h>

#include <algorithm>

#include "agent/probes/decode/gpu_metrics.h"
#include "tests/unit/gpu_probes/table.h"

namespace penstock {
namespace {

using fakes::blank_table;
using fakes::put;

struct Version {
    std::uint8_t format = 0;
    std::uint8_t content = 0;
    std::uint16_t bytes = 0;
};

class EveryVersion : public testing::TestWithParam<Version> {};

TEST_P(EveryVersion, of_gpu_metrics_is_known_by_its_size_and_all_ones_are_unknown) {
    const Version version = GetParam();
    const std::string table = blank_table(version.format, version.content, version.bytes);

    const auto fields = decode_gpu_metrics_fields(table);

    ASSERT_TRUE(fields) << fields.error().message();
    EXPECT_GE(fields->size(), 30U);
    EXPECT_TRUE(std::ranges::none_of(
        *fields, [](const DecodedField& each) { return each.value.has_value(); }));
}

INSTANTIATE_TEST_SUITE_P(Kernel,
                         EveryVersion,
                         testing::Values(Version{1, 0, 80},
                                         Version{1, 1, 96},
                                         Version{1, 2, 104},
                                         Version{1, 3, 120},
                                         Version{1, 4, 288},
                                         Version{1, 5, 360},
                                         Version{1, 6, 1664},
                                         Version{1, 7, 2208},
                                         Version{1, 8, 3360},
                                         Version{2, 0, 120},
                                         Version{2, 1, 120},
                                         Version{2, 2, 128},
                                         Version{2, 3, 152},
                                         Version{2, 4, 168},
                                         Version{3, 0, 264}));

std::string accelerator() {
    std::string table = blank_table(1, 4, 288);
    put<std::uint16_t>(table, 4, 61);
    put<std::uint16_t>(table, 10, 540);
    put<std::uint16_t>(table, 12, 97);
    put<std::uint64_t>(table, 24, std::uint64_t{1} << 40);
    put<std::uint16_t>(table, 48, 16);
    put<std::uint16_t>(table, 50, 320);
    put<std::uint64_t>(table, 72, 23);
    put<std::uint64_t>(table, 104, 5);
    return table;
}

TEST(MetricsOfAnAccelerator, have_wide_energy_and_one_sum_for_the_link) {
    const GpuMetrics metrics = decode_gpu_metrics(accelerator()).value();

    EXPECT_EQ(metrics.hotspot.value, 61);
    EXPECT_EQ(metrics.power_device.value, 540);
    EXPECT_EQ(metrics.busy.value, 0.97);
    EXPECT_EQ(metrics.energy_count, std::uint64_t{1} << 40);
    EXPECT_EQ(metrics.energy.value, 16777216);
    EXPECT_EQ(metrics.link_width.value, 16);
    EXPECT_EQ(metrics.link_speed.value, 32e9);
    EXPECT_EQ(metrics.link_traffic.value, 23e9);
    EXPECT_FALSE(metrics.temperature.in_format);
}

TEST(MetricsOfAnAccelerator, know_each_xgmi_link_apart) {
    const auto fields = decode_gpu_metrics_fields(accelerator()).value();

    const auto first = std::ranges::find(fields, "xgmi_read_data_acc[0]", &DecodedField::name);
    const auto second = std::ranges::find(fields, "xgmi_read_data_acc[1]", &DecodedField::name);
    ASSERT_NE(first, fields.end());
    ASSERT_NE(second, fields.end());
    EXPECT_EQ(first->value, DecodedValue(5000.0));
    EXPECT_EQ(second->value, std::nullopt);
}

TEST(MetricsOfAnAccelerator, name_the_partition_of_its_own_fields) {
    std::string table = blank_table(1, 6, 1664);
    put<std::uint32_t>(table, 312 + 168 + 4, 42);  // The second die of the second partition.

    const auto fields = decode_gpu_metrics_fields(table).value();

    const auto die =
        std::ranges::find(fields, "xcp_stats[1].gfx_busy_inst[1]", &DecodedField::name);
    ASSERT_NE(die, fields.end());
    EXPECT_EQ(die->value, DecodedValue(0.42));
}

// v2.2, whose units depend on the firmware.
std::string older_apu(std::uint16_t activity, std::uint16_t socket_power) {
    std::string table = blank_table(2, 2, 128);
    put<std::uint16_t>(table, 4, 8100);
    put<std::uint16_t>(table, 28, activity);
    put<std::uint16_t>(table, 40, socket_power);
    put<std::uint16_t>(table, 42, 9235);
    put<std::uint16_t>(table, 46, 61);
    return table;
}

TEST(MetricsOfAnOlderApu, are_in_milliwatts_and_hundredths) {
    const GpuMetrics metrics = decode_gpu_metrics(older_apu(6400, 18'000)).value();

    EXPECT_EQ(metrics.temperature.value, 81);
    EXPECT_DOUBLE_EQ(*metrics.busy.value, 0.64);
    EXPECT_DOUBLE_EQ(*metrics.power_device.value, 18);
    EXPECT_DOUBLE_EQ(*metrics.power_cores.value, 9.235);
    EXPECT_DOUBLE_EQ(*metrics.power_graphics.value, 0.061);
}

TEST(MetricsOfAnOlderApu, have_no_load_where_percent_and_hundredths_can_not_be_told_apart) {
    EXPECT_EQ(decode_gpu_metrics(older_apu(100, 18'000))->busy.value, std::nullopt);
    EXPECT_EQ(decode_gpu_metrics(older_apu(1, 18'000))->busy.value, std::nullopt);
    EXPECT_EQ(decode_gpu_metrics(older_apu(0, 18'000))->busy.value, 0);
    EXPECT_DOUBLE_EQ(*decode_gpu_metrics(older_apu(101, 18'000))->busy.value, 0.0101);
}

TEST(MetricsOfAnOlderApu, have_no_power_where_it_may_be_in_watts) {
    const GpuMetrics metrics = decode_gpu_metrics(older_apu(0, 18)).value();

    EXPECT_TRUE(metrics.power_device.in_format);
    EXPECT_EQ(metrics.power_device.value, std::nullopt);
    EXPECT_EQ(metrics.power_cores.value, std::nullopt);
    EXPECT_EQ(metrics.power_graphics.value, std::nullopt);
}

TEST(MetricsOfAnApu, from_v2_4_on_have_documented_units) {
    std::string table = blank_table(2, 4, 168);
    put<std::uint16_t>(table, 28, 50);
    put<std::uint16_t>(table, 40, 90);

    const GpuMetrics metrics = decode_gpu_metrics(table).value();

    EXPECT_DOUBLE_EQ(*metrics.busy.value, 0.005);
    EXPECT_DOUBLE_EQ(*metrics.power_device.value, 0.09);
}

TEST(Metrics, that_no_device_can_have_are_unknown) {
    std::string table = blank_table(1, 3, 120);
    put<std::uint16_t>(table, 4, 900);   // Degrees.
    put<std::uint16_t>(table, 16, 101);  // Percent.

    const GpuMetrics metrics = decode_gpu_metrics(table).value();

    EXPECT_EQ(metrics.temperature.value, std::nullopt);
    EXPECT_EQ(metrics.busy.value, std::nullopt);
}

// v1.9: words that describe what follows.
class Attributes {
  public:
    Attributes() : table_(8, '\0') {}

    template <typename T>
    Attributes& add(std::uint64_t unit, std::uint64_t type, std::uint64_t name, T value) {
        append(unit << 24 | type << 20 | name << 10 | 1);
        append(value);
        ++count_;
        return *this;
    }

    [[nodiscard]] std::string table() const {
        std::string table = table_;
        put(table, 0, static_cast<std::uint16_t>(table.size()));
        put<std::uint8_t>(table, 2, 1);
        put<std::uint8_t>(table, 3, 9);
        put(table, 4, count_);
        return table;
    }

  private:
    template <typename T>
    void append(T value) {
        table_.append(sizeof value, '\0');
        put(table_, table_.size() - sizeof value, value);
    }

    std::string table_;
    std::uint32_t count_ = 0;
};

Attributes described() {
    return Attributes()
        .add<std::int16_t>(2, 3, 0, -3)                      // Hot spot, degrees.
        .add<std::uint16_t>(3, 2, 3, 700)                    // Power, watts.
        .add<std::uint64_t>(0, 6, 7, 65536)                  // Energy.
        .add<std::uint32_t>(10, 4, 4, 55)                    // Activity, percent.
        .add<std::uint16_t>(2, 2, 1, std::uint16_t{0xffff})  // Memory temperature, unknown.
        .add<std::uint16_t>(2, 2, 900, 77);                  // Of a later kernel.
}

TEST(MetricsThatDescribeThemselves, are_decoded_by_their_own_words) {
    const GpuMetrics metrics = decode_gpu_metrics(described().table()).value();

    EXPECT_EQ(metrics.hotspot.value, -3);
    EXPECT_EQ(metrics.power_device.value, 700);
    EXPECT_EQ(metrics.energy.value, 1);
    EXPECT_EQ(metrics.energy_count, 65536U);
    EXPECT_DOUBLE_EQ(*metrics.busy.value, 0.55);
}

TEST(MetricsThatDescribeThemselves, list_what_has_no_name_yet) {
    const auto fields = decode_gpu_metrics_fields(described().table()).value();

    ASSERT_EQ(fields.size(), 6U);
    EXPECT_EQ(fields[4], (DecodedField{.name = "temperature_mem", .unit = "degC"}));
    EXPECT_EQ(fields[5].name, "attribute");
    EXPECT_EQ(fields[5].value, DecodedValue(77.0));
}

TEST(MetricsThatDescribeThemselves, show_no_figure_in_a_unit_of_something_else) {
    const std::string table = Attributes()
                                  .add<std::uint16_t>(3, 2, 4, 700)  // Activity, watts.
                                  .add<std::uint16_t>(6, 2, 17, 32)  // Link, GT/s, not tenths.
                                  .table();
    const GpuMetrics metrics = decode_gpu_metrics(table).value();

    EXPECT_FALSE(metrics.busy.in_format);
    EXPECT_EQ(metrics.link_speed.value, 32e9);
    EXPECT_EQ(decode_gpu_metrics_fields(table).value()[0].unit, "W");
}

TEST(MetricsThatDescribeThemselves, have_no_negative_activity) {
    const std::string table = Attributes().add<std::int16_t>(10, 3, 4, -5).table();

    EXPECT_EQ(decode_gpu_metrics(table).value().busy.value, std::nullopt);
}

TEST(MetricsThatDescribeThemselves, must_fill_the_table) {
    std::string longer = described().table() + '\0';
    put(longer, 0, static_cast<std::uint16_t>(longer.size()));

    EXPECT_EQ(decode_gpu_metrics(longer).error().kind, MetricsFault::Kind::odd_attributes);
}

TEST(MetricsThatDescribeThemselves, can_not_claim_more_attributes_than_there_are) {
    std::string table = described().table();
    put<std::uint32_t>(table, 4, 7);
    EXPECT_FALSE(decode_gpu_metrics(table));
    put<std::uint32_t>(table, 4, 0xffffffff);
    EXPECT_FALSE(decode_gpu_metrics(table));
}

TEST(MetricsThatDescribeThemselves, can_not_claim_more_instances_than_there_are) {
    std::string table = described().table();
    put<std::uint64_t>(table, 8, 2ULL << 24 | 3ULL << 20 | 0x3ff);
    EXPECT_FALSE(decode_gpu_metrics(table));
}

}  // namespace
}  // namespace penstock
