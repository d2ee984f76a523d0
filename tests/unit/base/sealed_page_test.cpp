// SPDX-License-Identifier: Apache-2.0

#include "base/sealed_page.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace penstock {
namespace {

constexpr std::size_t bytes = 4096;

TEST(SealedPage, shows_readers_what_its_maker_writes) {
    const auto page = SealedPage::make("page", bytes);
    ASSERT_TRUE(page) << page.error().message();
    const auto reader = page->reader();
    ASSERT_TRUE(reader);
    const auto seen = Mapping::open(*reader, 0, bytes, Mapping::Access::read_only);
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->start()[5], std::byte{0});
    page->start()[5] = std::byte{42};
    EXPECT_EQ(seen->start()[5], std::byte{42});
}

TEST(SealedPage, can_be_written_by_nobody_else) {
    const auto page = SealedPage::make("page", bytes);
    ASSERT_TRUE(page);
    const Fd reader = page->reader().value();
    EXPECT_FALSE(Mapping::open(reader, 0, bytes, Mapping::Access::read_write));
    EXPECT_EQ(::pwrite(reader.get(), "x", 1, 0), -1);
    // Who opens it anew for writing, as root may, meets the seals.
    const auto anew = open_path("/proc/self/fd/" + std::to_string(reader.get()), O_RDWR);
    ASSERT_TRUE(anew);
    EXPECT_FALSE(Mapping::open(*anew, 0, bytes, Mapping::Access::read_write));
    EXPECT_EQ(::pwrite(anew->get(), "x", 1, 0), -1);
    EXPECT_EQ(errno, EPERM);
    EXPECT_EQ(::ftruncate(anew->get(), 0), -1);
    EXPECT_EQ(::ftruncate(anew->get(), 2 * bytes), -1);
    EXPECT_EQ(::fcntl(anew->get(), F_ADD_SEALS, F_SEAL_WRITE), -1);
}

}  // namespace
}  // namespace penstock
