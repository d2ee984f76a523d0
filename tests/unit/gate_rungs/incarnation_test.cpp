// SPDX-License-Identifier: Apache-2.0

#include "base/incarnation.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/fakes/scratch_tree.h"

namespace penstock::gate {
namespace {

using testing::HasSubstr;

constexpr const char* after_command = " S 1 1 1 0 -1 4 0 0 0 0 0 0 0 0 20 0 1 0 ";

class IncarnationTest : public testing::Test {
  protected:
    Result<Incarnation> with_stat(const std::string& text) {
        proc.write("5/stat", text);
        return Incarnation::of(Tree(proc.root()), 5);
    }

    Result<std::uint32_t> with_status(const std::string& text) {
        proc.write("5/status", text);
        return own_pid(Tree(proc.root()), 5);
    }

    penstock::fakes::ScratchTree proc;
};

TEST_F(IncarnationTest, is_told_by_the_start_time) {
    const auto one = with_stat(std::string("5 (a)") + after_command + "777 0");
    EXPECT_EQ(one.value(), (Incarnation{.pid = 5, .start_ticks = 777}));
}

TEST_F(IncarnationTest, is_not_fooled_by_a_command_that_looks_like_fields) {
    const auto one = with_stat(std::string("5 (x) S 1 1 1 (y) 1 1 1 1)") + after_command + "777 0");
    EXPECT_EQ(one->start_ticks, 777U);
}

TEST_F(IncarnationTest, is_not_known_from_a_file_that_makes_no_sense) {
    for (const std::string text : {"", "5 (a", "5 (a) S 1 2", ")))", "5 (a)\n"}) {
        const auto one = with_stat(text);
        ASSERT_FALSE(one) << text;
        EXPECT_THAT(one.error().message(), HasSubstr("has no start time"));
    }
    EXPECT_FALSE(with_stat(std::string("5 (a)") + after_command + "-3 0"));
}

TEST_F(IncarnationTest, is_absent_without_the_process) {
    EXPECT_EQ(Incarnation::of(Tree(proc.root()), 6).error().code, ENOENT);
}

TEST_F(IncarnationTest, has_its_own_pid_innermost) {
    EXPECT_EQ(with_status("Name:\ta\nNSpid:\t5\n").value_or(0), 5U);
    EXPECT_EQ(with_status("NSpid:\t5\t40\t1\n").value_or(0), 1U);
    EXPECT_FALSE(with_status("Name:\ta\n"));
    EXPECT_FALSE(with_status("NSpid:\tx\n"));
    EXPECT_FALSE(own_pid(Tree(proc.root()), 6));
}

TEST(Incarnation, of_this_process_is_known_to_the_kernel) {
    const auto self = static_cast<std::uint32_t>(::getpid());
    const auto one = Incarnation::of(Tree("/proc"), self);
    ASSERT_TRUE(one);
    EXPECT_GT(one->start_ticks, 0U);
    EXPECT_EQ(own_pid(Tree("/proc"), self).value_or(0), self);
}

}  // namespace
}  // namespace penstock::gate
