// SPDX-License-Identifier: Apache-2.0

#include "agent/kept_choices.h"

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
const Choices exempt{.preemptible = {{.value = false, .source = "dbus:0"}}};

std::string stat_of(const Incarnation& who) {
    std::string text = std::to_string(who.pid) + " (name) S";
    for (int field = 4; field < 22; ++field) {
        text += " 0";
    }
    return text + " " + std::to_string(who.start_ticks) + " 0\n";
}

struct KeptChoicesTest : testing::Test {
    fakes::ScratchTree proc{};
    std::string path = proc.root() + "/choices";

    void SetUp() override { proc.write("42/stat", stat_of(process)); }

    [[nodiscard]] KeptChoices next() const { return {path, Tree(proc.root())}; }
};

TEST_F(KeptChoicesTest, are_found_by_the_next_agent) {
    ASSERT_TRUE(next().keep(process, {.priority = {{.value = -3, .source = "dbus:1000"}}}));
    ASSERT_TRUE(next().keep(process, exempt));
    EXPECT_EQ(next().find(process),
              (Choices{.priority = {{.value = -3, .source = "dbus:1000"}},
                       .preemptible = exempt.preemptible}));
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(KeptChoicesTest, of_one_kind_leave_those_of_others_alone) {
    ASSERT_TRUE(next().keep(process, {.weight = {{.value = 200, .source = "dbus:0"}}}));
    ASSERT_TRUE(next().keep(
        process, {.service_class = {{.value = ServiceClass::idle, .source = "dbus:1"}}}));
    ASSERT_TRUE(next().keep(process, {.weight = {{.value = 50, .source = "dbus:2"}}}));
    EXPECT_EQ(next().find(process),
              (Choices{.weight = {{.value = 50, .source = "dbus:2"}},
                       .service_class = {{.value = ServiceClass::idle, .source = "dbus:1"}}}));
}

TEST_F(KeptChoicesTest, are_not_passed_on_to_the_next_process_with_the_pid) {
    ASSERT_TRUE(next().keep(process, exempt));
    const Incarnation later{.pid = 42, .start_ticks = 7001};
    EXPECT_EQ(next().find(later), Choices{});
    proc.write("42/stat", stat_of(later));
    EXPECT_EQ(next().find(process), Choices{}) << "and forgotten with the process";
}

TEST_F(KeptChoicesTest, are_forgotten_one_by_one_and_the_next_agent_finds_the_others) {
    const Choices weight{.weight = {{.value = 7, .source = "dbus:6"}}};
    ASSERT_TRUE(next().keep(process, exempt));
    ASSERT_TRUE(next().keep(process, weight));
    ASSERT_TRUE(next().forget(process, weight));
    EXPECT_EQ(next().find(process), exempt);
    ASSERT_TRUE(next().forget(process, exempt));
    EXPECT_EQ(next().find(process), Choices{});
    EXPECT_TRUE(next().forget(process, exempt)) << "there is nothing to forget";
}

TEST_F(KeptChoicesTest, are_lost_without_a_file_and_nothing_else_is) {
    KeptChoices none("", Tree(proc.root()));
    EXPECT_TRUE(none.keep(process, exempt));
    EXPECT_EQ(none.find(process), Choices{});
    KeptChoices nowhere(proc.root() + "/no/such/folder/file", Tree(proc.root()));
    EXPECT_FALSE(nowhere.keep(process, exempt));
    EXPECT_EQ(nowhere.find(process), exempt) << "this agent knows it all the same";
}

// Somebody who could plant a link there must not choose which file is written.
TEST_F(KeptChoicesTest, replace_a_link_instead_of_following_it) {
    proc.write("victim", "precious");
    ASSERT_EQ(::symlink((proc.root() + "/victim").c_str(), path.c_str()), 0);
    ASSERT_TRUE(next().keep(process, exempt));
    EXPECT_EQ(*Tree(proc.root()).read("victim"), "precious");
    EXPECT_EQ(next().find(process), exempt);
}

TEST(KeptList, comes_back_as_it_was_written) {
    const KeptList list{
        {{.pid = 1, .start_ticks = 2}, {.priority = {{.value = -20, .source = "dbus:0"}}}},
        {{.pid = 7, .start_ticks = 3}, exempt},
        {{.pid = 9, .start_ticks = 8},
         {.priority = {{.value = 20, .source = "dbus:77"}},
          .preemptible = {{.value = true, .source = "dbus:5"}},
          .weight = {{.value = 10'000, .source = "dbus:6"}},
          .service_class = {{.value = ServiceClass::batch, .source = "dbus:7"}},
          .deadline = {{.value = std::chrono::hours(1), .source = "dbus:8"}},
          .cost = {{.value = Duration{1000}, .source = "dbus:9"}},
          .dram_max = {{.value = BytesPerSecond{20'000'000'000}, .source = "dbus:1"}}}}};
    EXPECT_EQ(parse_kept(text_of(list)), list);
}

TEST(KeptList, leaves_out_what_makes_no_sense) {
    EXPECT_THAT(parse_kept(""), IsEmpty());
    EXPECT_THAT(
        parse_kept("1 2 3\n1 2 priority 21 dbus:0\nx 2 priority 3 dbus:0\n1 2 priority 3 a b\n"
                   "1 2 priority 3 \n-1 2 priority 3 d\n1 2 preemptible 2 d\n1 2 rank 1 d\n"
                   "1 2 weight 0 d\n1 2 weight 10001 d\n1 2 class 1 d\n1 2 class urgent d\n"
                   "1 2 deadline -1 d\n1 2 deadline 3600000000001 d\n1 2 cost x d\n"
                   "1 2 dram-max 0 d\n1 2 dram-max -1 d\n1 2 dram-max 18446744073709551616 d\n"),
        IsEmpty());
    std::string many;
    for (std::size_t pid = 1; pid < most_kept + 10; ++pid) {
        many += std::to_string(pid) + " 1 priority 1 dbus:0\n";
    }
    EXPECT_THAT(parse_kept(many), SizeIs(most_kept));
}

}  // namespace
}  // namespace penstock
