// SPDX-License-Identifier: Apache-2.0

#include "base/pidfd.h"

#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is not in <csignal>.
#include <sys/wait.h>
#include <unistd.h>

namespace penstock {
namespace {

TEST(Pidfd, says_whose_it_is) {
    const Result<Fd> own = open_pidfd(::getpid());
    ASSERT_TRUE(own);
    EXPECT_EQ(pid_behind(own->get()), static_cast<std::uint32_t>(::getpid()));
}

TEST(Pidfd, of_an_ended_process_is_nobody_s) {
    const pid_t child = ::fork();
    if (child == 0) {
        for (;;) {
            ::pause();
        }
    }
    const Result<Fd> pidfd = open_pidfd(child);
    ASSERT_TRUE(pidfd);
    EXPECT_TRUE(is_alive(*pidfd));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_FALSE(is_alive(*pidfd));
    EXPECT_FALSE(pid_behind(pidfd->get()));
}

TEST(Pidfd, is_told_from_other_descriptors) {
    EXPECT_FALSE(pid_behind(STDIN_FILENO));
    EXPECT_FALSE(pid_behind(-1));
    EXPECT_FALSE(pid_behind(9999));
    EXPECT_FALSE(is_alive(-1));
}

}  // namespace
}  // namespace penstock
