// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <linux/capability.h>

#include <filesystem>

#include "kmod-helpers/emulator/server/system_ports.h"
#include "tests/fakes/scratch_tree.h"

namespace penstock::emulator {
namespace {

class TaskRights : public testing::Test {
  protected:
    void show(const std::string& task, const std::string& line) {
        scratch.write(task + "/status", "Name:\tx\n" + line + "\n");
    }

    void place(const std::string& task, const std::string& user_namespace) {
        std::filesystem::create_directories(scratch.root() + "/" + task + "/ns");
        std::filesystem::create_symlink(user_namespace, scratch.root() + "/" + task + "/ns/user");
    }

    fakes::ScratchTree scratch;
    SystemTasks tasks{Tree(scratch.root())};
};

TEST_F(TaskRights, come_from_the_effective_capabilities) {
    show("100", "CapEff:\t0000010000200000");
    EXPECT_TRUE(tasks.has_capability(100, CAP_SYS_ADMIN));
    EXPECT_TRUE(tasks.has_capability(100, CAP_CHECKPOINT_RESTORE));
    EXPECT_FALSE(tasks.has_capability(100, CAP_SYS_PTRACE));
    show("101", "CapEff:\tnonsense");
    EXPECT_FALSE(tasks.has_capability(101, CAP_SYS_ADMIN));
    EXPECT_FALSE(tasks.has_capability(404, CAP_SYS_ADMIN));
}

TEST_F(TaskRights, count_only_in_our_own_user_namespace) {
    show("100", "CapEff:\tffffffffffffffff");
    place("self", "user:[1]");
    place("100", "user:[2]");
    EXPECT_FALSE(tasks.has_capability(100, CAP_SYS_ADMIN));
}

TEST_F(TaskRights, tell_a_32_bit_program_by_its_head) {
    scratch.write("100/exe",
                  std::string("\x7f"
                              "ELF\x01",
                              5));
    scratch.write("101/exe",
                  std::string("\x7f"
                              "ELF\x02",
                              5));
    scratch.write("102/exe", "#!");
    EXPECT_TRUE(tasks.is_32_bit(100));
    EXPECT_FALSE(tasks.is_32_bit(101));
    EXPECT_FALSE(tasks.is_32_bit(102));
    EXPECT_FALSE(tasks.is_32_bit(404));
}

TEST_F(TaskRights, tell_who_is_being_killed) {
    show("100", "SigPnd:\t0000000000000100");
    show("101", "SigPnd:\t0000000000004000");
    EXPECT_TRUE(tasks.is_being_killed(100));
    EXPECT_FALSE(tasks.is_being_killed(101));
    EXPECT_FALSE(tasks.is_being_killed(404));
}

}  // namespace
}  // namespace penstock::emulator
