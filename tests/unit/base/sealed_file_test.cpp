// SPDX-License-Identifier: Apache-2.0

#include "base/sealed_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "tests/fakes/read_all.h"

namespace penstock {
namespace {

using fakes::read_all;

TEST(SealedFile, holds_the_text_from_its_beginning) {
    const std::string text(100'000, 'x');
    const Result<Fd> file = sealed_file("test", text);
    ASSERT_TRUE(file) << file.error().message();
    EXPECT_EQ(read_all(*file), text);
    EXPECT_EQ(::fcntl(file->get(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

TEST(SealedFile, can_be_changed_by_nobody) {
    const Result<Fd> file = sealed_file("test", "text");
    ASSERT_TRUE(file);
    EXPECT_EQ(::fcntl(file->get(), F_GETFL) & O_ACCMODE, O_RDONLY);
    EXPECT_EQ(::fcntl(file->get(), F_GET_SEALS),
              F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    EXPECT_LT(::write(file->get(), "x", 1), 0);
    // Opened anew it can be written to, as far as the rights of the file go: the seals hold.
    const Result<Fd> writable = open_path("/proc/self/fd/" + std::to_string(file->get()), O_RDWR);
    ASSERT_TRUE(writable);
    EXPECT_LT(::write(writable->get(), "x", 1), 0);
    EXPECT_EQ(errno, EPERM);
    EXPECT_NE(::ftruncate(writable->get(), 0), 0);
    EXPECT_EQ(read_all(*file), "text");
}

}  // namespace
}  // namespace penstock
