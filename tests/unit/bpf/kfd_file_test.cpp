// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/queues/kfd_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

#include "tests/fakes/scratch_tree.h"

namespace penstock {
namespace {

TEST(KfdFile, is_known_by_its_number_when_it_is_a_device) {
    const auto file = identify_kfd("/dev/null");
    ASSERT_TRUE(file);
    EXPECT_EQ(file->rdev, (1U << 20) | 3U);
    EXPECT_EQ(file->inode, 0U);
}

TEST(KfdFile, is_known_by_inode_and_file_system_when_it_is_a_regular_file) {
    fakes::ScratchTree tree;
    tree.write("kfd", "");
    struct stat seen{};
    ASSERT_EQ(::stat((tree.root() + "/kfd").c_str(), &seen), 0);
    const auto file = identify_kfd(tree.root() + "/kfd");
    ASSERT_TRUE(file);
    EXPECT_EQ(file->rdev, 0U);
    EXPECT_EQ(file->inode, seen.st_ino);
    EXPECT_EQ(file->device, kernel_device_number(seen.st_dev));
}

TEST(KfdFile, is_nothing_else) {
    const auto folder = identify_kfd("/tmp");
    ASSERT_FALSE(folder);
    EXPECT_EQ(folder.error().message(),
              "/tmp is neither a character device nor an emulator's file");
    const auto absent = identify_kfd("/nowhere/kfd");
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code, ENOENT);
}

TEST(KernelDeviceNumber, keeps_large_minors) {
    EXPECT_EQ(kernel_device_number(makedev(242, 0)), 242U << 20);
    EXPECT_EQ(kernel_device_number(makedev(8, 70000)), (8U << 20) | 70000U);
}

}  // namespace
}  // namespace penstock
