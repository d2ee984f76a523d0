// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/gpu/gpu_metrics.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

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

}  // namespace
}  // namespace penstock
