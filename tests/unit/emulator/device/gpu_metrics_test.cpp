// SPDX-License-Identifier: Apache-2.0
//
// The written table is decoded at the same places as one that a real Strix Point wrote.

#include <gtest/gtest.h>

#include <cstring>

#include "base/tree.h"
#include "kmod-helpers/emulator/preset.h"

namespace penstock::emulator {
namespace {

template <typename T>
T at(const std::string& bytes, std::size_t offset) {
    T value{};
    std::memcpy(&value, &bytes.at(offset + sizeof(T) - 1) - (sizeof(T) - 1), sizeof(T));
    return value;
}

std::uint16_t read_megabytes(const std::string& bytes) {
    return at<std::uint16_t>(bytes, 94);
}

std::uint16_t written_megabytes(const std::string& bytes) {
    return at<std::uint16_t>(bytes, 96);
}

std::string recorded() {
    return Tree(MACHINES).read("strixpoint/card1/device/gpu_metrics").value();
}

TEST(GpuMetrics, lie_where_a_real_machine_puts_them) {
    EXPECT_EQ(read_megabytes(recorded()), 2504);
    EXPECT_EQ(written_megabytes(recorded()), 637);
    const std::string made = gpu_metrics_v3_0({2'504'000'000}, {637'999'999}, from_ns(0));
    EXPECT_EQ(read_megabytes(made), 2504);
    EXPECT_EQ(written_megabytes(made), 637);
}

TEST(GpuMetrics, have_the_size_and_the_header_of_a_real_machines) {
    const std::string made = gpu_metrics_v3_0({}, {}, from_ns(0));
    EXPECT_EQ(made.size(), recorded().size());
    EXPECT_EQ(made.substr(0, 4), recorded().substr(0, 4));
    EXPECT_EQ(at<std::uint16_t>(made, 0), 264);
    EXPECT_EQ(at<std::uint8_t>(made, 2), 3);
    EXPECT_EQ(at<std::uint8_t>(made, 3), 0);
}

TEST(GpuMetrics, carry_the_time_where_a_real_machine_does) {
    EXPECT_GT(at<std::uint64_t>(recorded(), 104), 1'000'000'000U);
    EXPECT_EQ(at<std::uint64_t>(gpu_metrics_v3_0({}, {}, from_ns(123'456'789)), 104), 123'456'789U);
}

TEST(GpuMetrics, say_zero_and_not_unknown_when_nothing_is_moved) {
    const std::string made = gpu_metrics_v3_0({}, {}, from_ns(0));
    EXPECT_EQ(read_megabytes(made), 0);
    EXPECT_EQ(written_megabytes(made), 0);
}

TEST(GpuMetrics, saturate_below_the_sign_for_unknown) {
    const std::string made = gpu_metrics_v3_0({65'535'000'000}, {~0ULL}, from_ns(0));
    EXPECT_EQ(read_megabytes(made), 0xfffe);
    EXPECT_EQ(written_megabytes(made), 0xfffe);
}

TEST(GpuMetrics, know_nothing_else) {
    const std::string made = gpu_metrics_v3_0({1'000'000}, {1'000'000}, from_ns(1));
    EXPECT_EQ(at<std::uint16_t>(made, 4), 0xffff) << "temperature";
    EXPECT_EQ(at<std::uint16_t>(made, 42), 0xffff) << "activity";
    EXPECT_EQ(at<std::uint32_t>(made, 112), 0xffffffffU) << "power";
    EXPECT_EQ(at<std::uint64_t>(made, 256), ~0ULL) << "the end";
}

}  // namespace
}  // namespace penstock::emulator
