// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/server/engine.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>

namespace penstock::emulator {
namespace {

TEST(Engine, rings_tells_of_deaths_and_stops) {
    const Result<std::unique_ptr<Engine>> engine = Engine::make();
    ASSERT_TRUE(engine);
    const pid_t child = ::fork();
    if (child == 0) {
        ::pause();
        ::_exit(0);
    }
    ASSERT_TRUE((*engine)->watch(static_cast<std::uint32_t>(child)));
    ::kill(child, SIGKILL);
    (*engine)->set_alarm(from_ns(1));
    bool rang = false;
    std::uint32_t died = 0;
    const auto stop_when_both = [&] {
        if (rang && died != 0) {
            (*engine)->stop();
        }
    };
    (*engine)->run({.alarm =
                        [&] {
                            rang = true;
                            stop_when_both();
                        },
                    .death =
                        [&](std::uint32_t tgid) {
                            died = tgid;
                            stop_when_both();
                        }});
    EXPECT_EQ(died, static_cast<std::uint32_t>(child));
    EXPECT_TRUE((*engine)->confirm_death(died));
    ::waitpid(child, nullptr, 0);
    EXPECT_FALSE((*engine)->watch(static_cast<std::uint32_t>(child)));
}

// A child that executes another program when told to.
class Executing {
  public:
    Executing() {
        EXPECT_EQ(::pipe2(pipe_.data(), O_CLOEXEC), 0);
        pid_ = ::fork();
        if (pid_ == 0) {
            char go = 0;
            static_cast<void>(::read(pipe_[0], &go, sizeof(go)));
            ::execl("/bin/sleep", "sleep", "60", nullptr);
            ::_exit(127);
        }
    }

    ~Executing() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        ::close(pipe_[0]);
        ::close(pipe_[1]);
    }

    Executing(const Executing&) = delete;
    Executing& operator=(const Executing&) = delete;

    void execute() const { EXPECT_EQ(::write(pipe_[1], "", 1), 1); }

    std::uint32_t tgid() const { return static_cast<std::uint32_t>(pid_); }

  private:
    std::array<int, 2> pipe_{-1, -1};
    pid_t pid_ = -1;
};

TEST(Engine, sees_that_a_process_executes_another_program) {
    const Result<std::unique_ptr<Engine>> engine = Engine::make();
    ASSERT_TRUE(engine);
    const Executing child;
    ASSERT_TRUE((*engine)->watch(child.tgid()));
    EXPECT_TRUE((*engine)->has_same_memory(child.tgid()));
    child.execute();
    while ((*engine)->has_same_memory(child.tgid())) {
        std::this_thread::yield();
    }
    EXPECT_FALSE((*engine)->confirm_death(child.tgid())) << "it lives";
    (*engine)->unwatch(child.tgid());
    ASSERT_TRUE((*engine)->watch(child.tgid()));
    EXPECT_TRUE((*engine)->has_same_memory(child.tgid()));
}

TEST(Engine, knows_nothing_of_a_process_that_it_does_not_watch) {
    const Result<std::unique_ptr<Engine>> engine = Engine::make();
    ASSERT_TRUE(engine);
    EXPECT_FALSE((*engine)->has_same_memory(1));
    EXPECT_FALSE((*engine)->confirm_death(1));
}

}  // namespace
}  // namespace penstock::emulator
