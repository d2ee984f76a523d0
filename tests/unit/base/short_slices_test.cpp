// SPDX-License-Identifier: Apache-2.0

#include "base/short_slices.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace penstock {
namespace {

using namespace std::chrono_literals;

// In a child, because a program can not take it back everywhere.
TEST(ShortSlices, leave_priority_and_policy_as_they_are) {
    const pid_t child = ::fork();
    if (child == 0) {
        const bool nicer = ::setpriority(PRIO_PROCESS, 0, 3) == 0;
        ask_for_slices_of(100us);
        const bool same = ::getpriority(PRIO_PROCESS, 0) == 3;
        ::_exit(nicer && same && ::sched_getscheduler(0) == SCHED_OTHER ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace penstock
