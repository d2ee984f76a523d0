// SPDX-License-Identifier: Apache-2.0

#include "agent/kept_priorities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fakes/scratch_tree.h"

namespace penstock {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr Incarnation process{.pid = 42, .start_ticks = 7000};

std::string stat_of(const Incarnation& who) {
    std::string text = std::to_string(who.pid) + " (name) S";
    for (int field = 4; field < 22; ++field) {
        text += " 0";
    }
    return text + " " + std::to_string(who.start_ticks) + " 0\n";
}

struct KeptPrioritiesTest : testing::Test {
    fakes::ScratchTree proc{};
    std::string path = proc.root() + "/priorities";

    void SetUp() override { proc.write("42/stat", stat_of(process)); }

    [[nodiscard]] KeptPriorities next() const { return {path, Tree(proc.root())}; }
};

TEST_F(KeptPrioritiesTest, are_found_by_the_next_agent) {
    ASSERT_TRUE(next().keep(process, {.priority = -3, .source = "dbus:1000"}));
    const auto found = next().find(process);
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, (KeptPriority{.priority = -3, .source = "dbus:1000"}));
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(KeptPrioritiesTest, are_not_passed_on_to_the_next_process_with_the_pid) {
    ASSERT_TRUE(next().keep(process, {.priority = 9, .source = "dbus:0"}));
    const Incarnation later{.pid = 42, .start_ticks = 7001};
    EXPECT_FALSE(next().find(later));
    proc.write("42/stat", stat_of(later));
    EXPECT_FALSE(next().find(process)) << "and forgotten with the process";
}

TEST_F(KeptPrioritiesTest, are_lost_without_a_file_and_nothing_else_is) {
    KeptPriorities none("", Tree(proc.root()));
    EXPECT_TRUE(none.keep(process, {.priority = 1, .source = "dbus:0"}));
    EXPECT_FALSE(none.find(process));
    KeptPriorities nowhere(proc.root() + "/no/such/folder/file", Tree(proc.root()));
    EXPECT_FALSE(nowhere.keep(process, {.priority = 1, .source = "dbus:0"}));
    EXPECT_TRUE(nowhere.find(process)) << "this agent knows it all the same";
}

// Somebody who could plant a link there must not choose which file is written.
TEST_F(KeptPrioritiesTest, replace_a_link_instead_of_following_it) {
    proc.write("victim", "precious");
    ASSERT_EQ(::symlink((proc.root() + "/victim").c_str(), path.c_str()), 0);
    ASSERT_TRUE(next().keep(process, {.priority = 1, .source = "dbus:0"}));
    EXPECT_EQ(*Tree(proc.root()).read("victim"), "precious");
    EXPECT_TRUE(next().find(process));
}

TEST(KeptList, comes_back_as_it_was_written) {
    const KeptList list{{{.pid = 1, .start_ticks = 2}, {.priority = -20, .source = "dbus:0"}},
                        {{.pid = 9, .start_ticks = 8}, {.priority = 20, .source = "dbus:77"}}};
    EXPECT_EQ(parse_kept(text_of(list)), list);
}

TEST(KeptList, leaves_out_what_makes_no_sense) {
    EXPECT_THAT(parse_kept(""), IsEmpty());
    EXPECT_THAT(parse_kept("1 2 3\n1 2 21 dbus:0\nx 2 3 dbus:0\n1 2 3 a b\n1 2 3 \n-1 2 3 d\n"),
                IsEmpty());
    std::string many;
    for (std::size_t pid = 1; pid < most_kept + 10; ++pid) {
        many += std::to_string(pid) + " 1 1 dbus:0\n";
    }
    EXPECT_THAT(parse_kept(many), SizeIs(most_kept));
}

}  // namespace
}  // namespace penstock
