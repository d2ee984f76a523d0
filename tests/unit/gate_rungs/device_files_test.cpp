// SPDX-License-Identifier: Apache-2.0
//
// Borrowing of open files, from this process itself: a regular file stands for the emulator's
// device, /dev/null for the driver's.

#include "kmod-helpers/device_files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/pidfd.h"
#include "kmod-helpers/process_evict.h"
#include "tests/fakes/scratch_tree.h"

namespace penstock::kfd {
namespace {

using testing::HasSubstr;

class DeviceFilesTest : public testing::Test {
  protected:
    DeviceFilesTest() {
        folder.write("kfd", "device");
        folder.write("other", "other");
    }

    [[nodiscard]] Result<std::vector<Fd>> borrow(const DeviceIdentity& device) const {
        return borrow_device_files(pidfd, ::getpid(), device);
    }

    [[nodiscard]] DeviceIdentity identity(const std::string& name) const {
        return DeviceIdentity::of_path(folder.root() + "/" + name).value();
    }

    [[nodiscard]] Fd open(const std::string& name) const {
        return *open_path(folder.root() + "/" + name, O_RDONLY);
    }

    penstock::fakes::ScratchTree folder;
    Fd pidfd = *open_pidfd(::getpid());
};

TEST_F(DeviceFilesTest, are_the_same_open_files_that_the_process_has) {
    const Fd theirs = open("kfd");
    const Fd another = open("other");
    const auto files = borrow(identity("kfd"));
    ASSERT_TRUE(files) << files.error().message();
    ASSERT_EQ(files->size(), 1U);
    // A position is shared by duplicates only.
    ASSERT_EQ(::lseek(theirs.get(), 3, SEEK_SET), 3);
    EXPECT_EQ(::lseek(files->front().get(), 0, SEEK_CUR), 3);
    EXPECT_EQ(::fcntl(files->front().get(), F_GETFD), FD_CLOEXEC);
}

TEST_F(DeviceFilesTest, come_with_the_latest_descriptor_first) {
    const Fd first = open("kfd");
    const Fd second = open("kfd");
    ASSERT_LT(first.get(), second.get());
    ASSERT_EQ(::lseek(second.get(), 4, SEEK_SET), 4);
    const auto files = borrow(identity("kfd"));
    ASSERT_EQ(files->size(), 2U);
    EXPECT_EQ(::lseek(files->front().get(), 0, SEEK_CUR), 4);
    EXPECT_EQ(::lseek(files->back().get(), 0, SEEK_CUR), 0);
}

TEST_F(DeviceFilesTest, are_limited_in_number) {
    std::vector<Fd> many;
    for (std::size_t i = 0; i < most_device_files + 4; ++i) {
        many.push_back(open("kfd"));
    }
    EXPECT_EQ(borrow(identity("kfd"))->size(), most_device_files);
}

TEST_F(DeviceFilesTest, say_that_the_process_has_closed_them) {
    const auto files = borrow(identity("kfd"));
    ASSERT_FALSE(files);
    EXPECT_THAT(files.error().message(), HasSubstr("has closed its device file"));
}

TEST_F(DeviceFilesTest, are_not_to_be_had_from_a_process_that_has_ended) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(0);
    }
    const Fd theirs = *open_pidfd(child);
    ::waitpid(child, nullptr, 0);
    EXPECT_THAT(borrow_device_files(theirs, child, identity("kfd")).error().message(),
                HasSubstr("has ended"));
}

TEST_F(DeviceFilesTest, are_known_by_the_number_of_a_character_device) {
    const Fd null = *open_path("/dev/null", O_RDONLY);
    const auto of_path = DeviceIdentity::of_path("/dev/null");
    EXPECT_EQ(of_path.value(), DeviceIdentity::of_file(null).value());
    EXPECT_TRUE(of_path->character);
    EXPECT_NE(*of_path, DeviceIdentity::of_path("/dev/zero").value());
    EXPECT_GE(borrow(*of_path)->size(), 1U);
}

TEST_F(DeviceFilesTest, are_known_by_the_inode_of_a_regular_file) {
    EXPECT_EQ(identity("kfd"), DeviceIdentity::of_file(open("kfd")).value());
    EXPECT_NE(identity("kfd"), identity("other"));
    EXPECT_EQ(DeviceIdentity::of_path("/nonexistent").error().code, ENOENT);
    EXPECT_EQ(DeviceIdentity::of_file(Fd()).error().code, EBADF);
}

TEST_F(DeviceFilesTest, that_are_no_device_are_refused_by_it) {
    const Fd theirs = open("kfd");
    DriverEvictPort port(identity("kfd"));
    const auto files = port.files_of(pidfd, ::getpid());
    ASSERT_TRUE(files);
    EXPECT_EQ(port.evict(files->front()).error().code, ENOTTY);
    const Result<> restored = restore_each(port, *files);
    ASSERT_FALSE(restored);
    EXPECT_THAT(restored.error().message(), HasSubstr("has no CRIU_OP"));
}

}  // namespace
}  // namespace penstock::kfd
