// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/doctor/kernel_version.h"

#include <gtest/gtest.h>

#include <string_view>

namespace penstock::doctor {
namespace {

TEST(KernelVersion, is_read_from_a_release) {
    EXPECT_EQ(parse_kernel_version("6.12.117+deb12-amd64", ""), (KernelVersion{6, 12, 117}));
    EXPECT_EQ(parse_kernel_version("6.18.44\n", ""), (KernelVersion{6, 18, 44}));
    EXPECT_EQ(parse_kernel_version("6.5.0", ""), (KernelVersion{6, 5, 0}));
    EXPECT_EQ(parse_kernel_version("6.5.0-rc3", ""), (KernelVersion{6, 5, 0}));
    EXPECT_EQ(parse_kernel_version("7.0-custom", ""), (KernelVersion{7, 0, std::nullopt}));
}

TEST(KernelVersion, looks_for_the_number_that_a_distribution_froze) {
    EXPECT_EQ(parse_kernel_version("6.1.0-56-amd64",
                                   "Linux version 6.1.0-56-amd64 (debian-kernel@lists.debian.org) "
                                   "(gcc-12 (Debian 12.2.0-14) 12.2.0) #1 SMP Debian 6.1.192-2 "
                                   "(2026-01-01)"),
              (KernelVersion{6, 1, 192}));
    EXPECT_EQ(parse_kernel_version("6.8.0-45-generic", "Ubuntu 6.8.0-45.45-generic 6.8.12\n"),
              (KernelVersion{6, 8, 12}));
}

TEST(KernelVersion, leaves_a_frozen_number_unknown_when_nothing_tells) {
    EXPECT_EQ(
        parse_kernel_version("5.14.0-427.el9.x86_64", "Linux version 5.14.0-427 (gcc 11.4.1)"),
        (KernelVersion{5, 14, std::nullopt}));
}

TEST(KernelVersion, is_unknown_for_nonsense) {
    for (const char* wrong : {"", "six", "6", "6.", ".5", "99999999999.1", "-6.5.1"}) {
        EXPECT_FALSE(parse_kernel_version(wrong, "6.5.1")) << wrong;
    }
    EXPECT_FALSE(parse_kernel_version(std::string_view("\0\0", 2), "6.5.1"));
}

TEST(KernelVersion, compares_by_series) {
    const KernelVersion version{6, 5, 2};
    EXPECT_TRUE(version.at_least(6, 5));
    EXPECT_TRUE(version.at_least(5, 18));
    EXPECT_FALSE(version.at_least(6, 12));
    EXPECT_FALSE(version.at_least(7, 0));
    EXPECT_TRUE(version.of_series(6, 5));
}

}  // namespace
}  // namespace penstock::doctor
