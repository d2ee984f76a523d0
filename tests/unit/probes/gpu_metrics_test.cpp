// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/dram/gpu_metrics.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "tests/fakes/scratch_tree.h"

namespace penstock {
namespace {

constexpr std::size_t v3_0_bytes = 264;  // sizeof(struct gpu_metrics_v3_0) in Linux 6.12.

std::string v3_0(std::uint16_t read_megabytes, std::uint16_t written_megabytes) {
    std::string file(v3_0_bytes, '\xff');
    const std::uint16_t size = v3_0_bytes;
    std::memcpy(file.data(), &size, sizeof size);
    file[2] = 3;
    file[3] = 0;
    std::memcpy(file.data() + 94, &read_megabytes, sizeof read_megabytes);
    std::memcpy(file.data() + 96, &written_megabytes, sizeof written_megabytes);
    return file;
}

TEST(GpuMetrics, reads_the_two_dram_rates_of_v3_0_in_megabytes_per_second) {
    const Result<DramTraffic> traffic = decode_dram_traffic(v3_0(2504, 637));

    ASSERT_TRUE(traffic);
    EXPECT_EQ(traffic->read, BytesPerSecond{2'504'000'000});
    EXPECT_EQ(traffic->written, BytesPerSecond{637'000'000});
}

TEST(GpuMetrics, takes_all_ones_as_unknown_and_zero_as_zero) {
    const Result<DramTraffic> traffic = decode_dram_traffic(v3_0(0xffff, 0));

    ASSERT_TRUE(traffic);
    EXPECT_EQ(traffic->read, std::nullopt);
    EXPECT_EQ(traffic->written, BytesPerSecond{0});
}

TEST(GpuMetrics, refuses_every_truncation) {
    const std::string whole = v3_0(1, 2);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_FALSE(decode_dram_traffic(std::string_view(whole).substr(0, length))) << length;
    }
}

TEST(GpuMetrics, says_which_format_has_no_dram_traffic) {
    std::string file = v3_0(1, 2);
    file[2] = 1;
    file[3] = 5;

    const Result<DramTraffic> traffic = decode_dram_traffic(file);

    ASSERT_FALSE(traffic);
    EXPECT_EQ(traffic.error().message(), "gpu_metrics v1.5 has no DRAM traffic");
}

TEST(GpuMetrics, accepts_a_file_that_the_kernel_padded) {
    EXPECT_TRUE(decode_dram_traffic(v3_0(1, 2) + std::string(100, '\0')));
}

TEST(GpuMetricsProbe, gives_the_reason_as_source_when_the_file_is_gone) {
    const fakes::ScratchTree sysfs;
    GpuMetricsProbe probe(Tree(sysfs.root()), "gpu_metrics", 0, true);

    const MemoryReading reading = probe.read(TimePoint{});

    EXPECT_EQ(reading.read.value, std::nullopt);
    EXPECT_NE(reading.read.source.find("No such file"), std::string::npos) << reading.read.source;
}

TEST(GpuMetricsProbe, stamps_what_it_read_with_the_time_it_was_given) {
    fakes::ScratchTree sysfs;
    sysfs.write("gpu_metrics", v3_0(10, 20));
    GpuMetricsProbe probe(Tree(sysfs.root()), "gpu_metrics", 3, true);

    const MemoryReading reading = probe.read(from_ns(77));

    EXPECT_EQ(reading.node, 3U);
    EXPECT_EQ(reading.read.value, BytesPerSecond{10'000'000});
    EXPECT_EQ(reading.written.value, BytesPerSecond{20'000'000});
    EXPECT_EQ(reading.read.taken, from_ns(77));
    EXPECT_EQ(reading.read.source, "gpu_metrics v3.0");
    EXPECT_EQ(reading.peak.value, std::nullopt);
    EXPECT_TRUE(reading.emulated);
}

TEST(GpuMetricsProbe, reads_the_file_anew_each_time_and_finds_it_again_after_it_was_gone) {
    fakes::ScratchTree sysfs;
    GpuMetricsProbe probe(Tree(sysfs.root()), "gpu_metrics", 0, true);
    EXPECT_EQ(probe.read(TimePoint{}).read.value, std::nullopt);

    sysfs.write("gpu_metrics", v3_0(1, 0));
    EXPECT_EQ(probe.read(TimePoint{}).read.value, BytesPerSecond{1'000'000});
    sysfs.write("gpu_metrics", v3_0(2, 0));
    EXPECT_EQ(probe.read(TimePoint{}).read.value, BytesPerSecond{2'000'000});
}

}  // namespace
}  // namespace penstock
