// SPDX-License-Identifier: Apache-2.0
//
// The tracer against the real ptrace(2), with children of this test.

#include "agent/gate/seizure.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/ptrace.h>

#include "base/text.h"
#include "base/tree.h"
#include "tests/unit/gate/traced_child.h"

namespace penstock::gate {
namespace {

using testing::HasSubstr;

std::string status_of(pid_t pid, std::string_view key) {
    const std::string status = Tree("/proc").read(std::to_string(pid) + "/status").value_or("");
    return std::string(value_of(status, key).value_or("?"));
}

class TheSeized : public testing::Test {
  protected:
    TheSeized() {
        EXPECT_EQ(child.next_letter(tracer), 'u');  // Ready.
        const Result<> seized = tracer.seize(child.pid());
        EXPECT_TRUE(seized) << seized.error().message();
    }

    Seizure tracer;
    TracedChild child;
};

TEST_F(TheSeized, still_get_their_signals) {
    EXPECT_EQ(status_of(child.pid(), "TracerPid"), std::to_string(::getpid()));
    ::kill(child.pid(), SIGUSR1);
    EXPECT_EQ(child.next_letter(tracer), 'u');
    ::kill(child.pid(), SIGUSR1);
    EXPECT_EQ(child.next_letter(tracer), 'u');
}

TEST_F(TheSeized, stop_on_sigstop_and_go_on_with_sigcont) {
    ::kill(child.pid(), SIGSTOP);
    ::kill(child.pid(), SIGUSR1);
    ::kill(child.pid(), SIGCONT);
    // Whatever the order, both handlers run, and none runs twice.
    std::string letters;
    letters += child.next_letter(tracer);
    letters += child.next_letter(tracer);
    std::ranges::sort(letters);
    EXPECT_EQ(letters, "cu");
}

TEST_F(TheSeized, stay_stopped_until_they_are_continued) {
    ::kill(child.pid(), SIGSTOP);
    siginfo_t stopped{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child.pid()), &stopped, WSTOPPED | WNOWAIT), 0);
    // The signal's delivery and then the stop itself, passed on together or one after the other.
    do {
        EXPECT_TRUE(tracer.attend().empty());
    } while (status_of(child.pid(), "State").front() != 't');
    ::kill(child.pid(), SIGCONT);
    EXPECT_EQ(child.next_letter(tracer), 'c');
}

TEST_F(TheSeized, die_of_sigterm_and_are_reported) {
    ::kill(child.pid(), SIGTERM);
    EXPECT_EQ(child.next_letter(tracer), '.');
}

TEST_F(TheSeized, die_of_sigkill_and_are_reported) {
    ::kill(child.pid(), SIGKILL);
    EXPECT_EQ(child.next_letter(tracer), '.');
}

TEST_F(TheSeized, live_on_untraced_when_they_are_released) {
    tracer.release(child.pid());
    siginfo_t stopped{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child.pid()), &stopped, WSTOPPED | WNOWAIT), 0);
    EXPECT_TRUE(tracer.attend().empty());
    EXPECT_EQ(status_of(child.pid(), "TracerPid"), "0");
    ::kill(child.pid(), SIGUSR1);
    EXPECT_EQ(child.next_letter(tracer), 'u');
}

TEST_F(TheSeized, can_be_seized_again_before_they_have_left) {
    tracer.release(child.pid());
    EXPECT_TRUE(tracer.seize(child.pid()));
    ::kill(child.pid(), SIGUSR1);
    EXPECT_EQ(child.next_letter(tracer), 'u');
    EXPECT_EQ(status_of(child.pid(), "TracerPid"), std::to_string(::getpid()));
}

TEST(Seizure, names_the_debugger_that_came_first) {
    Seizure tracer;
    TracedChild child;
    ASSERT_EQ(child.next_letter(tracer), 'u');
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const Fd ours(ends[0]);
    Fd theirs(ends[1]);
    const pid_t debugger = ::fork();
    if (debugger == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const char seized = ::ptrace(PTRACE_SEIZE, child.pid(), nullptr, nullptr) == 0 ? 'y' : 'n';
        [[maybe_unused]] const ssize_t ignored = ::write(theirs.get(), &seized, 1);
        for (;;) {
            ::pause();
        }
    }
    char seized = '?';
    ASSERT_EQ(::read(ours.get(), &seized, 1), 1);
    ASSERT_EQ(seized, 'y');

    const Result<> refused = tracer.seize(child.pid());
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message(),
                HasSubstr("another debugger (pid " + std::to_string(debugger) + ", "));
    ::kill(debugger, SIGKILL);
    ::waitpid(debugger, nullptr, 0);
}

TEST(Seizure, says_that_a_process_has_ended) {
    Seizure tracer;
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    EXPECT_THAT(tracer.seize(child).error().message(), HasSubstr("has ended"));
    tracer.release(child);  // Nothing to let go of.
}

}  // namespace
}  // namespace penstock::gate
