// SPDX-License-Identifier: Apache-2.0
//
// The tracer against the real ptrace(2), with children of this test.

#include "agent/gate/seizure.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include <functional>
#include <thread>

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
    // The stop that it takes may come during the first call or after it.
    while (status_of(child.pid(), "TracerPid") != "0") {
        EXPECT_TRUE(tracer.attend().empty());
    }
    ::kill(child.pid(), SIGUSR1);
    EXPECT_EQ(child.next_letter(tracer), 'u');
}

TEST_F(TheSeized, are_not_stopped_before_the_loop_comes_back) {
    tracer.release(child.pid());
    sigset_t pending{};
    ::sigpending(&pending);
    EXPECT_EQ(sigismember(&pending, SIGCHLD), 1);  // What makes it come back.
    siginfo_t stopped{};
    const auto child_id = static_cast<id_t>(child.pid());
    ASSERT_EQ(::waitid(P_PID, child_id, &stopped, WSTOPPED | WNOWAIT | WNOHANG), 0);
    EXPECT_EQ(stopped.si_pid, 0);
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

// A child whose second thread acts when the test says so; it is killed at the end.
class TwoThreads {
  public:
    explicit TwoThreads(const std::function<void(int)>& second) {
        std::array<int, 2> ends{};
        [[maybe_unused]] const int made = ::pipe2(ends.data(), O_CLOEXEC);
        const Fd theirs(ends[0]);
        go_ = Fd(ends[1]);
        pid_ = ::fork();
        if (pid_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            go_.reset();
            std::thread(second, theirs.get()).join();
            ::_exit(1);
        }
    }

    TwoThreads(const TwoThreads&) = delete;
    TwoThreads& operator=(const TwoThreads&) = delete;

    ~TwoThreads() {
        ::kill(pid_, SIGKILL);
        while (::waitpid(pid_, nullptr, __WALL) > 0) {
        }
    }

    [[nodiscard]] pid_t pid() const { return pid_; }

    void go() { go_.reset(); }

    void wait_until(std::string_view key, std::string_view start) const {
        while (!status_of(pid_, key).starts_with(start)) {
            std::this_thread::yield();
        }
    }

  private:
    pid_t pid_ = -1;
    Fd go_;
};

void wait_for_go(int pipe) {
    char nothing = 0;
    [[maybe_unused]] const ssize_t end = ::read(pipe, &nothing, 1);
}

TEST(Seizure, seizes_again_whom_another_thread_has_replaced_by_exec) {
    TwoThreads child([](int pipe) {
        wait_for_go(pipe);
        ::execl("/bin/sleep", "sleep", "60", nullptr);
    });
    Seizure tracer;
    ASSERT_TRUE(tracer.seize(child.pid()));
    child.go();
    child.wait_until("Name", "sleep");
    ASSERT_EQ(status_of(child.pid(), "TracerPid"), "0");
    EXPECT_TRUE(tracer.seize(child.pid()));
    EXPECT_EQ(status_of(child.pid(), "TracerPid"), std::to_string(::getpid()));
    EXPECT_TRUE(tracer.attend().empty());
}

TEST(Seizure, says_that_the_first_thread_has_ended) {
    const TwoThreads child([](int pipe) {
        struct sigaction leave{};
        leave.sa_handler = [](int) { ::syscall(SYS_exit, 0); };
        ::sigaction(SIGUSR1, &leave, nullptr);
        ::tgkill(::getpid(), ::getpid(), SIGUSR1);
        wait_for_go(pipe);
    });
    child.wait_until("State", "Z");
    Seizure tracer;
    const Result<> refused = tracer.seize(child.pid());
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message(), HasSubstr("first thread has ended"));
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

TEST(SeizedBriefly, are_traced_during_the_work_by_a_thread_of_ours_and_not_after) {
    Seizure tracer;
    TracedChild child;
    ASSERT_EQ(child.next_letter(tracer), 'u');
    std::string during;
    const Result<> done = tracer.seize_briefly(child.pid(), [&]() -> Result<> {
        during = status_of(child.pid(), "TracerPid");
        return {};
    });
    EXPECT_TRUE(done) << done.error().message();
    EXPECT_NE(during, "0");
    EXPECT_NE(during, std::to_string(::getpid())) << "not the thread that lives on";
    EXPECT_EQ(status_of(child.pid(), "TracerPid"), "0");
    ::kill(child.pid(), SIGUSR1);
    EXPECT_EQ(child.next_letter(tracer), 'u');
}

TEST(SeizedBriefly, pass_the_failure_of_the_work_on_and_are_let_go_all_the_same) {
    Seizure tracer;
    TracedChild child;
    ASSERT_EQ(child.next_letter(tracer), 'u');
    const Result<> done =
        tracer.seize_briefly(child.pid(), []() -> Result<> { return fail(EBUSY, "work"); });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, EBUSY);
    EXPECT_EQ(status_of(child.pid(), "TracerPid"), "0");
}

TEST(SeizedBriefly, are_refused_when_somebody_else_traces_them) {
    Seizure other;
    TracedChild child;
    ASSERT_EQ(child.next_letter(other), 'u');
    ASSERT_TRUE(other.seize(child.pid()));
    Seizure tracer;
    bool worked = false;
    const Result<> done = tracer.seize_briefly(child.pid(), [&]() -> Result<> {
        worked = true;
        return {};
    });
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().message(), HasSubstr("another debugger"));
    EXPECT_FALSE(worked);
}

}  // namespace
}  // namespace penstock::gate
