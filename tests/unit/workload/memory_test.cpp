// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/workload/memory.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace penstock::workload {
namespace {

TEST(Memory, is_zeroed_whole_pages) {
    const Result<Memory> memory = Memory::map(5000);
    ASSERT_TRUE(memory);
    EXPECT_EQ(memory->bytes().size(), 8192U);
    EXPECT_EQ(memory->address() % 4096, 0U);
    EXPECT_TRUE(std::ranges::all_of(memory->bytes(), [](std::byte b) { return b == std::byte{}; }));
}

TEST(Memory, can_be_written_to) {
    const Result<Memory> memory = Memory::map(1);
    ASSERT_TRUE(memory);
    memory->bytes()[4095] = std::byte{7};
    EXPECT_EQ(memory->bytes()[4095], std::byte{7});
}

TEST(Memory, moves_with_its_address) {
    Result<Memory> first = Memory::map(1);
    ASSERT_TRUE(first);
    const std::uint64_t address = first->address();
    Memory second;
    second = std::move(*first);
    EXPECT_EQ(second.address(), address);
    EXPECT_TRUE(first->bytes().empty());
}

TEST(Memory, is_gone_after_unmapping_and_may_be_unmapped_again) {
    Result<Memory> memory = Memory::map(1);
    ASSERT_TRUE(memory);
    memory->unmap();
    EXPECT_TRUE(memory->bytes().empty());
    memory->unmap();
}

TEST(Memory, says_when_there_is_not_enough) {
    const Result<Memory> memory = Memory::map(std::size_t{1} << 60);
    ASSERT_FALSE(memory);
    EXPECT_EQ(memory.error().code, ENOMEM);
}

}  // namespace
}  // namespace penstock::workload
