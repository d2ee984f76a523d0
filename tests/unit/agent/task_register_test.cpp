// SPDX-License-Identifier: Apache-2.0
//
// Processes of the tests are children that sleep; who is whose parent says a scratch /proc.

#include "agent/task_register.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX.
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "base/pidfd.h"
#include "tests/fakes/scratch_tree.h"

namespace penstock {
namespace {

using testing::HasSubstr;

// A process that ends with the test.
class Sleeper {
  public:
    Sleeper() : pid_(::fork()) {
        if (pid_ == 0) {
            ::pause();
            ::_exit(0);
        }
        pidfd_ = std::move(*open_pidfd(pid_));
    }

    ~Sleeper() { end(); }

    Sleeper(const Sleeper&) = delete;
    Sleeper& operator=(const Sleeper&) = delete;
    Sleeper(Sleeper&&) = delete;
    Sleeper& operator=(Sleeper&&) = delete;

    void end() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
            pid_ = 0;
        }
    }

    [[nodiscard]] std::uint32_t pid() const { return static_cast<std::uint32_t>(pid_); }

    [[nodiscard]] int fd() const { return pidfd_.get(); }

  private:
    pid_t pid_;
    Fd pidfd_{};
};

Task task_of(const std::string& job, std::uint32_t uid = 1000) {
    return {
        .terms = {.priority = {{.value = 5, .source = "job:" + job}},
                  .deadline = {{.value = std::chrono::milliseconds(1500), .source = "job:" + job}}},
        .job = job,
        .uid = uid};
}

struct TaskRegisterTest : testing::Test {
    fakes::ScratchTree proc{};
    std::string path = proc.root() + "/tasks";

    // In the scratch /proc from now on.
    Incarnation show(std::uint32_t pid, std::uint32_t parent) {
        const Incarnation process{.pid = pid, .start_ticks = 7000 + pid};
        std::string stat = std::to_string(pid) + " (name) S";
        for (int field = 4; field < 22; ++field) {
            stat += " 0";
        }
        proc.write(std::to_string(pid) + "/stat",
                   stat + " " + std::to_string(process.start_ticks) + " 0\n");
        proc.write(std::to_string(pid) + "/status",
                   "Name:\tname\nPPid:\t" + std::to_string(parent) + "\n");
        return process;
    }

    [[nodiscard]] TaskRegister next() const { return {path, Tree(proc.root())}; }
};

TEST_F(TaskRegisterTest, tells_the_next_agent_of_those_that_are_still_there) {
    Sleeper living;
    const Incarnation process = show(living.pid(), 1);
    ASSERT_TRUE(next().enrol(process, living.fd(), task_of("4711")));
    const TaskRegister later = next();
    ASSERT_NE(later.find(process), nullptr);
    EXPECT_EQ(*later.find(process), task_of("4711"));
    EXPECT_EQ(later.find({.pid = process.pid, .start_ticks = 1}), nullptr)
        << "the next process with the pid is another one";
}

TEST_F(TaskRegisterTest, forgets_a_task_that_has_ended) {
    Sleeper sleeper;
    const Incarnation process = show(sleeper.pid(), 1);
    TaskRegister tasks = next();
    ASSERT_TRUE(tasks.enrol(process, sleeper.fd(), task_of("7")));
    tasks.bury();
    ASSERT_NE(tasks.find(process), nullptr);
    sleeper.end();
    tasks.bury();
    EXPECT_EQ(tasks.find(process), nullptr);
    EXPECT_EQ(next().size(), 0U);
}

TEST_F(TaskRegisterTest, takes_the_later_word_of_the_same_process) {
    Sleeper sleeper;
    const Incarnation process = show(sleeper.pid(), 1);
    TaskRegister tasks = next();
    ASSERT_TRUE(tasks.enrol(process, sleeper.fd(), task_of("7")));
    ASSERT_TRUE(tasks.enrol(process, sleeper.fd(), {.job = "8", .uid = 1000}));
    EXPECT_EQ(*tasks.find(process), (Task{.job = "8", .uid = 1000}));
    EXPECT_EQ(tasks.size(), 1U);
}

TEST_F(TaskRegisterTest, passes_a_task_on_to_what_it_starts) {
    Sleeper task;
    Sleeper heir;
    const Incarnation registered = show(task.pid(), 1);
    show(4000000, task.pid());
    const Incarnation grandchild = show(heir.pid(), 4000000);
    const Incarnation stranger = show(4000001, 1);
    TaskRegister tasks = next();
    ASSERT_TRUE(tasks.enrol(registered, task.fd(), task_of("7")));
    EXPECT_EQ(tasks.find_or_inherit(stranger, heir.fd(), 1000), nullptr);
    const Task* inherited = tasks.find_or_inherit(grandchild, heir.fd(), 1000);
    ASSERT_NE(inherited, nullptr);
    EXPECT_EQ(inherited->terms, task_of("7").terms);
    EXPECT_TRUE(inherited->inherited);
    task.end();
    tasks.bury();
    EXPECT_EQ(tasks.find(registered), nullptr);
    EXPECT_NE(next().find(grandchild), nullptr) << "it lives on, also for the next agent";
}

TEST_F(TaskRegisterTest, takes_no_family_that_never_ends) {
    Sleeper sleeper;
    const Incarnation process = show(sleeper.pid(), sleeper.pid());
    TaskRegister tasks = next();
    ASSERT_TRUE(tasks.enrol({.pid = 1, .start_ticks = 1}, sleeper.fd(), task_of("7")));
    EXPECT_EQ(tasks.find_or_inherit(process, sleeper.fd(), 0), nullptr);
}

TEST_F(TaskRegisterTest, has_room_for_so_many_of_a_user) {
    Sleeper sleeper;
    TaskRegister tasks("", Tree(proc.root()));
    std::uint32_t pid = 1000;
    for (; pid < 1000 + TaskRegister::most_of_a_user; ++pid) {
        // An epoll takes a descriptor once, but each of its duplicates.
        ASSERT_TRUE(tasks.enrol({.pid = pid, .start_ticks = 1}, sleeper.fd(), task_of("7")));
    }
    const Result<> full = tasks.enrol({.pid = pid, .start_ticks = 1}, sleeper.fd(), task_of("7"));
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, EDQUOT);
    EXPECT_THAT(full.error().doing, HasSubstr("256 processes of uid 1000"));
    EXPECT_TRUE(tasks.enrol({.pid = 1000, .start_ticks = 1}, sleeper.fd(), task_of("8")))
        << "it is there already";
    EXPECT_TRUE(tasks.enrol({.pid = pid, .start_ticks = 1}, sleeper.fd(), task_of("7", 1001)));
}

TEST(TaskLines, leave_out_what_makes_no_sense) {
    EXPECT_EQ(parse_tasks("42 7000 1000 registered 4711 Priority=5 DeadlineSec=1500ms\n"),
              (TaskList{{{.pid = 42, .start_ticks = 7000}, task_of("4711")}}));
    for (const char* wrong : {"",
                              "42 7000 1000 registered",
                              "42 7000 1000 registered ",
                              "x 7000 1000 registered 7",
                              "42 -1 1000 registered 7",
                              "42 7000 1000 adopted 7",
                              "42 7000 1000 registered 7 Priority=99",
                              "42 7000 1000 registered 7 Priority",
                              "42 7000 1000 registered 7 ",
                              "42 7000 1000 registered 7 =",
                              "42 7000 1000 registered 7 Dreams=1"}) {
        EXPECT_TRUE(parse_tasks(wrong).empty()) << wrong;
    }
}

}  // namespace
}  // namespace penstock
