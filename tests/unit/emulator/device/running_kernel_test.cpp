// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/device/running_kernel.h"

#include <gtest/gtest.h>

#include <limits>

namespace penstock::emulator {
namespace {

using namespace std::chrono_literals;

constexpr SyntheticKernel one_ms{
    .duration_ns = 1'000'000, .dram_read_bytes = 4'000'000, .dram_written_bytes = 1'000'000};

TEST(RunningKernel, takes_its_own_length_alone_on_the_device) {
    const RunningKernel kernel(one_ms, 0, from_ns(0));
    EXPECT_EQ(kernel.time_left(whole_device), 1ms);
    EXPECT_EQ(kernel.time_left(whole_device / 2), 2ms);
}

TEST(RunningKernel, rounds_the_time_left_up_so_that_it_is_finished_then) {
    RunningKernel kernel(one_ms, 0, from_ns(0));
    const Rate awkward = whole_device / 7 - 1;
    kernel.progress(awkward, kernel.time_left(awkward));
    EXPECT_TRUE(kernel.finished());
}

TEST(RunningKernel, keeps_its_progress_exactly_however_time_is_split) {
    RunningKernel whole(one_ms, 0, from_ns(0));
    RunningKernel split(one_ms, 0, from_ns(0));
    whole.progress(whole_device / 3 - 5, 1000ns);
    for (int i = 0; i < 1000; ++i) {
        split.progress(whole_device / 3 - 5, 1ns);
    }
    EXPECT_EQ(whole.time_left(1), split.time_left(1));
}

TEST(RunningKernel, moves_its_bytes_in_proportion_to_its_progress) {
    RunningKernel kernel(one_ms, 0, from_ns(0));
    EXPECT_EQ(kernel.moved().read_bytes, 0U);
    kernel.progress(whole_device / 2, 500us);
    EXPECT_EQ(kernel.moved().read_bytes, 1'000'000U);
    EXPECT_EQ(kernel.moved().written_bytes, 250'000U);
    kernel.progress(whole_device, 750us);
    EXPECT_TRUE(kernel.finished());
    EXPECT_EQ(kernel.moved().read_bytes, one_ms.dram_read_bytes);
}

TEST(RunningKernel, bounds_an_absurd_length) {
    const RunningKernel kernel(
        {.duration_ns = std::numeric_limits<std::uint64_t>::max()}, 0, from_ns(0));
    EXPECT_EQ(kernel.time_left(whole_device), longest_kernel);
}

TEST(RunningKernel, is_never_shorter_than_a_dispatch_takes) {
    const RunningKernel kernel(SyntheticKernel{}, 0, from_ns(0));
    EXPECT_EQ(kernel.time_left(whole_device), shortest_kernel);
}

TEST(RunningKernel, bounds_absurd_traffic_by_its_length) {
    RunningKernel kernel({.duration_ns = 1000,
                          .dram_read_bytes = std::numeric_limits<std::uint64_t>::max(),
                          .dram_written_bytes = std::numeric_limits<std::uint64_t>::max()},
                         0,
                         from_ns(0));
    kernel.progress(whole_device, 1us);
    EXPECT_EQ(kernel.moved().read_bytes, 1000 * most_bytes_per_ns);
    EXPECT_EQ(kernel.moved().written_bytes, 1000 * most_bytes_per_ns);
}

TEST(RunningKernel, never_goes_below_no_work_at_all) {
    RunningKernel kernel(one_ms, 0, from_ns(0));
    kernel.progress(whole_device, 9s);
    EXPECT_TRUE(kernel.finished());
    EXPECT_EQ(kernel.time_left(1), 0ns);
}

}  // namespace
}  // namespace penstock::emulator
