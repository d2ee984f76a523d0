// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/queues/owner_identity.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "base/clock.h"
#include "base/pidfd.h"
#include "tests/fakes/scratch_tree.h"

namespace penstock {
namespace {

using std::chrono::seconds;

std::string stat_line(const std::string& command, const std::string& start) {
    std::string line = "42 (" + command + ") S";
    for (int field = 4; field < 22; ++field) {
        line += " 0";
    }
    return line + " " + start + " 0 0\n";
}

TEST(OwnerIdentity, is_that_of_a_living_process) {
    const auto owner =
        identify_owner(Tree("/proc"), static_cast<std::uint32_t>(::getpid()), monotonic_now());
    ASSERT_TRUE(owner) << owner.error().message();
    EXPECT_EQ(owner->pid, static_cast<std::uint32_t>(::getpid()));
    EXPECT_EQ(owner->uid, ::getuid());
    EXPECT_TRUE(is_alive(owner->pidfd));
    EXPECT_FALSE(owner->command.empty());
    EXPECT_LE(owner->started, monotonic_now());
}

TEST(OwnerIdentity, fails_for_a_process_that_has_ended) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(0);
    }
    siginfo_t ended{};
    // Left as a zombie: its folder in /proc is still there.
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
    const auto owner =
        identify_owner(Tree("/proc"), static_cast<std::uint32_t>(child), monotonic_now());
    ::waitpid(child, nullptr, 0);
    ASSERT_FALSE(owner);
    EXPECT_EQ(owner.error().message(),
              "identify process " + std::to_string(child) + ": No such process");
}

TEST(OwnerIdentity, makes_a_hostile_name_printable) {
    fakes::ScratchTree proc;
    const std::string folder = std::to_string(::getpid());
    proc.write(folder + "/status", "Name:\tx\nUid:\t1000\t0\t0\t0\n");
    proc.write(folder + "/stat", stat_line("x", "100"));
    proc.write(folder + "/comm", "\x1b[2J) S 1\n");
    proc.write("uptime", "100.00 5.00\n");
    const auto owner = identify_owner(
        Tree(proc.root()), static_cast<std::uint32_t>(::getpid()), from_ns(500'000'000'000));
    ASSERT_TRUE(owner) << owner.error().message();
    EXPECT_EQ(owner->command, "?[2J) S 1");
    EXPECT_EQ(owner->uid, 1000U);
}

TEST(OwnerIdentity, names_the_file_it_could_not_read) {
    const fakes::ScratchTree proc;
    const auto owner =
        identify_owner(Tree(proc.root()), static_cast<std::uint32_t>(::getpid()), monotonic_now());
    ASSERT_FALSE(owner);
    EXPECT_EQ(owner.error().code, ENOENT);
}

TEST(StartTime, counts_back_from_now) {
    // Started 99 s before an instant that is 500 s on our clock.
    const auto started =
        start_time(stat_line("a", "100"), "100.00 5.00\n", from_ns(500'000'000'000));
    ASSERT_TRUE(started);
    EXPECT_EQ(*started, TimePoint(seconds(401)));
}

TEST(StartTime, is_not_misled_by_brackets_in_the_command) {
    const auto started =
        start_time(stat_line("a) S 1 2 3 (b", "100"), "100.00 5.00\n", from_ns(500'000'000'000));
    ASSERT_TRUE(started);
    EXPECT_EQ(*started, TimePoint(seconds(401)));
}

TEST(StartTime, fails_on_text_that_is_none) {
    const TimePoint now = from_ns(500'000'000'000);
    EXPECT_FALSE(start_time("", "100.00 5.00\n", now));
    EXPECT_FALSE(start_time("42 (a)", "100.00 5.00\n", now));
    EXPECT_FALSE(start_time("42 (a) S 1 2", "100.00 5.00\n", now));
    EXPECT_FALSE(start_time(stat_line("a", "-3"), "100.00 5.00\n", now));
    EXPECT_FALSE(start_time(stat_line("a", "100"), "", now));
    EXPECT_FALSE(start_time(stat_line("a", "100"), "nan 0\n", now));
    EXPECT_FALSE(start_time(stat_line("a", "100"), "-5 0\n", now));
}

TEST(RealUid, is_the_first_of_four) {
    EXPECT_EQ(real_uid("Name:\tx\nUid:\t7\t8\t9\t10\n"), 7U);
    EXPECT_FALSE(real_uid("Name:\tx\n"));
    EXPECT_FALSE(real_uid("Uid:\tseven\t8\t9\t10\n"));
}

}  // namespace
}  // namespace penstock
