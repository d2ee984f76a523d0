// SPDX-License-Identifier: Apache-2.0

#include "agent/process_origin.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/fakes/scratch_tree.h"

namespace penstock {
namespace {

config::Identity placed(std::string_view cgroup_file) {
    config::Identity identity;
    place_in_groups(cgroup_file, identity);
    return identity;
}

TEST(ProcessOrigin, is_the_unit_and_the_slice_of_its_control_group) {
    const config::Identity identity = placed("0::/batch.slice/batch-night.slice/train.service\n");
    EXPECT_EQ(identity.unit, "train.service");
    EXPECT_EQ(identity.slice, "batch-night.slice");
    EXPECT_EQ(identity.cgroup, "/batch.slice/batch-night.slice/train.service");
}

TEST(ProcessOrigin, is_not_what_a_user_s_own_manager_says) {
    const config::Identity identity =
        placed("0::/user.slice/user-1000.slice/user@1000.service/app.slice/llm-7b.service\n");
    EXPECT_EQ(identity.unit, "user@1000.service");
    EXPECT_EQ(identity.slice, "user-1000.slice");
    EXPECT_EQ(identity.cgroup, "/user.slice/user-1000.slice/user@1000.service");
}

TEST(ProcessOrigin, is_found_in_the_older_hierarchy_too) {
    EXPECT_EQ(placed("4:memory:/x\n1:name=systemd:/system.slice/a.service\n0::/\n").unit,
              "a.service");
    EXPECT_EQ(placed("0::/machine.slice/m.scope\n1:name=systemd:/system.slice/a.service\n").unit,
              "m.scope");
}

TEST(ProcessOrigin, of_odd_files_is_unknown) {
    for (const char* odd : {"", "0::/", "\n\n", "0::", "nonsense", "1:name=systemd:"}) {
        const config::Identity identity = placed(odd);
        EXPECT_EQ(identity.unit + identity.slice + identity.cgroup, "") << odd;
    }
    EXPECT_EQ(placed("0::/a\x1b[31m.service").unit, "a?[31m.service");
}

TEST(ProcessOrigin, has_a_user_only_when_all_uids_are_the_same) {
    EXPECT_EQ(only_uid("Name:\tx\nUid:\t1000\t1000\t1000\t1000\n"), "1000");
    EXPECT_EQ(only_uid("Uid:\t1000\t0\t0\t0\n"), "") << "a setuid program";
    EXPECT_EQ(only_uid("Uid:\t1000\t1000\t0\t1000\n"), "") << "it could become root again";
    for (const char* odd : {"", "Uid:\t1000\n", "Uid:\tx\tx\tx\tx\n", "Gid:\t1\t1\t1\t1\n"}) {
        EXPECT_EQ(only_uid(odd), "") << odd;
    }
}

config::Identity all_of(const Tree& proc, std::uint32_t pid) {
    config::Identity identity = origin_of(proc, pid);
    add_user_and_command(proc, pid, identity);
    return identity;
}

TEST(ProcessOrigin, is_read_from_proc) {
    fakes::ScratchTree proc;
    proc.write("7/status", "Name:\tpython3\nUid:\t1000\t1000\t1000\t1000\n");
    proc.write("7/cgroup", "0::/system.slice/llm.service\n");
    proc.write("7/cmdline", std::string("python3\0-m\0vllm\0", 16));
    std::filesystem::create_symlink("/usr/bin/python3.11", proc.root() + "/7/exe");
    const config::Identity identity = all_of(Tree(proc.root()), 7);
    EXPECT_EQ(identity.user, "1000");
    EXPECT_EQ(identity.unit, "llm.service");
    EXPECT_EQ(identity.command, "python3 -m vllm");
    EXPECT_EQ(identity.program, "/usr/bin/python3.11");
}

TEST(ProcessOrigin, is_shown_printable_and_no_longer_than_it_may_be) {
    const config::Identity identity{
        .unit = "a.service", .cgroup = "/" + std::string(4000, 'g'), .program = "/tmp/\n\x1b[31m"};
    const ProcessOrigin shown = shown_of(identity);
    EXPECT_EQ(shown.unit, "a.service");
    EXPECT_EQ(shown.control_group.size(), ProcessOrigin::longest);
    EXPECT_EQ(shown.executable.find_first_of("\n\x1b"), std::string::npos);
    EXPECT_EQ(shown_of({}), ProcessOrigin{});
}

TEST(ProcessOrigin, of_nobody_is_unknown) {
    const fakes::ScratchTree proc;
    const config::Identity identity = all_of(Tree(proc.root()), 7);
    EXPECT_EQ(identity.user + identity.unit + identity.command + identity.program, "");
}

TEST(ProcessOrigin, does_not_match_half_a_command) {
    fakes::ScratchTree proc;
    proc.write("7/cmdline", std::string(5000, 'x'));
    EXPECT_EQ(all_of(Tree(proc.root()), 7).command, "");
}

TEST(ProcessOrigin, of_ourselves_is_known) {
    const config::Identity identity = all_of(Tree("/proc"), static_cast<std::uint32_t>(::getpid()));
    EXPECT_FALSE(identity.command.empty());
    EXPECT_FALSE(identity.program.empty());
    EXPECT_EQ(identity.user, std::to_string(::getuid()));
}

}  // namespace
}  // namespace penstock
