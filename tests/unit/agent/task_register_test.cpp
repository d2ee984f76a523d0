// SPDX-License-Identifier: Apache-2.0
//
// Processes of the tests are children that sleep; who is whose parent says a scratch /proc.

#include "agent/task_register.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
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
    pollfd news{.fd = tasks.fd(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&news, 1, 0), 0) << "a death is told once, though we still have the pidfd";
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

TEST_F(TaskRegisterTest, looks_so_many_generations_up_and_no_further) {
    Sleeper task;
    Sleeper near;
    Sleeper far;
    const Incarnation registered = show(task.pid(), 1);
    std::uint32_t parent = task.pid();
    for (int generation = 1; generation < TaskRegister::most_generations; ++generation) {
        const std::uint32_t pid = 4'100'000U + static_cast<std::uint32_t>(generation);
        show(pid, parent);
        parent = pid;
    }
    const Incarnation descendant = show(near.pid(), parent);
    const Incarnation too_late = show(far.pid(), near.pid());
    TaskRegister tasks = next();
    ASSERT_TRUE(tasks.enrol(registered, task.fd(), task_of("7")));
    EXPECT_EQ(tasks.find_or_inherit(too_late, far.fd(), 1000), nullptr);
    EXPECT_NE(tasks.find_or_inherit(descendant, near.fd(), 1000), nullptr);
    EXPECT_NE(tasks.find_or_inherit(too_late, far.fd(), 1000), nullptr)
        << "its parent is an heir by now";
}

TEST_F(TaskRegisterTest, passes_on_the_task_that_is_nearest) {
    Sleeper step;
    Sleeper inner;
    Sleeper heir;
    const Incarnation outer_task = show(step.pid(), 1);
    const Incarnation inner_task = show(inner.pid(), step.pid());
    const Incarnation child = show(heir.pid(), inner.pid());
    TaskRegister tasks = next();
    ASSERT_TRUE(tasks.enrol(outer_task, step.fd(), task_of("outer")));
    ASSERT_TRUE(tasks.enrol(inner_task, inner.fd(), task_of("inner")));
    EXPECT_EQ(tasks.find_or_inherit(inner_task, inner.fd(), 1000)->job, "inner")
        << "it is a task itself";
    EXPECT_FALSE(tasks.find(inner_task)->inherited);
    EXPECT_EQ(tasks.find_or_inherit(child, heir.fd(), 1000)->job, "inner");
}

TEST_F(TaskRegisterTest, gives_heirs_no_place_of_their_user) {
    Sleeper task;
    Sleeper heir;
    const Incarnation registered = show(task.pid(), 1);
    const Incarnation child = show(heir.pid(), task.pid());
    TaskRegister tasks("", Tree(proc.root()));
    ASSERT_TRUE(tasks.enrol(registered, task.fd(), task_of("7")));
    for (std::uint32_t pid = 1; pid < TaskRegister::most_of_a_user; ++pid) {
        ASSERT_TRUE(tasks.enrol({.pid = pid, .start_ticks = 1}, task.fd(), task_of("7")));
    }
    const Task* inherited = tasks.find_or_inherit(child, heir.fd(), 2000);
    ASSERT_NE(inherited, nullptr);
    EXPECT_EQ(inherited->uid, 2000U) << "whoever it belongs to";
    EXPECT_EQ(tasks.size(), TaskRegister::most_of_a_user + 1);
}

TEST_F(TaskRegisterTest, takes_a_pid_that_somebody_else_has_by_now_for_nobody) {
    Sleeper living;
    const Incarnation process = show(living.pid(), 1);
    const Incarnation former{.pid = process.pid, .start_ticks = process.start_ticks - 1};
    proc.write("tasks", text_of({{former, task_of("7")}}));
    EXPECT_EQ(next().size(), 0U);
    proc.write("tasks", text_of({{process, task_of("7")}}));
    EXPECT_EQ(next().size(), 1U);
}

TEST_F(TaskRegisterTest, takes_what_is_sound_of_a_file_that_is_not) {
    Sleeper living;
    const Incarnation process = show(living.pid(), 1);
    proc.write("tasks", "\x01 nonsense\n\n" + text_of({{process, task_of("7")}}) + "42 7000");
    const TaskRegister tasks = next();
    EXPECT_EQ(tasks.size(), 1U);
    EXPECT_NE(tasks.find(process), nullptr);
}

TEST_F(TaskRegisterTest, says_that_it_can_not_keep_a_task_and_knows_it_all_the_same) {
    Sleeper living;
    const Incarnation process = show(living.pid(), 1);
    TaskRegister tasks(proc.root() + "/nowhere/tasks", Tree(proc.root()));
    const Result<> kept = tasks.enrol(process, living.fd(), task_of("7"));
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().code, ENOENT);
    EXPECT_NE(tasks.find(process), nullptr);
}

TEST_F(TaskRegisterTest, watches_no_descriptor_that_there_is_not) {
    TaskRegister tasks("", Tree(proc.root()));
    EXPECT_FALSE(tasks.enrol({.pid = 1, .start_ticks = 1}, -1, task_of("7")));
    EXPECT_EQ(tasks.size(), 0U) << "its end would never be seen";
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

TEST(TaskLines, are_bounded_in_length_and_number) {
    const std::string line = "42 7000 1000 registered ";
    EXPECT_EQ(parse_tasks(line + std::string(512 - line.size(), 'j')).size(), 1U);
    EXPECT_TRUE(parse_tasks(line + std::string(513 - line.size(), 'j')).empty());
    std::string text;
    for (std::size_t pid = 1; pid <= 2 * TaskRegister::most + 1; ++pid) {
        text += std::to_string(pid) + " 1 1000 registered 7\n";
    }
    EXPECT_EQ(parse_tasks(text).size(), 2 * TaskRegister::most);
}

TEST(TaskLines, hold_no_letters_for_a_terminal) {
    const TaskList tasks = parse_tasks("42 7000 1000 registered a\x1b[2J\n");
    ASSERT_EQ(tasks.size(), 1U);
    EXPECT_EQ(tasks.begin()->second.job, "a?[2J");
}

}  // namespace
}  // namespace penstock
