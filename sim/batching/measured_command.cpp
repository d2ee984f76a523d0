// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/measured_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/clock.h"
#include "base/fd.h"
#include "base/pidfd.h"
#include "base/text.h"
#include "sim/batching/calibration.h"

namespace penstock::sim {
namespace {

using Seconds = std::chrono::duration<double>;

// How to start it: at the head of a group of its own, with no signal blocked, nothing to read, and
// our pipe to print to.
class SpawnPlan {
  public:
    explicit SpawnPlan(int output) {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        sigset_t none{};
        sigemptyset(&none);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
    }

    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    [[nodiscard]] Result<pid_t> start(const std::vector<std::string>& words) const {
        std::vector<std::string> texts = words;
        std::vector<char*> pointers;
        pointers.reserve(texts.size() + 1);
        for (std::string& text : texts) {
            pointers.push_back(text.data());
        }
        pointers.push_back(nullptr);
        pid_t pid = 0;
        const int error =
            ::posix_spawnp(&pid, pointers[0], &actions_, &attributes_, pointers.data(), environ);
        return error == 0 ? Result<pid_t>(pid) : fail(error, "start it");
    }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

class RunningCommand {
  public:
    RunningCommand(pid_t pid, Fd pidfd, Fd output)
        : pid_(pid), pidfd_(std::move(pidfd)), output_(std::move(output)) {}

    RunningCommand(const RunningCommand&) = delete;
    RunningCommand& operator=(const RunningCommand&) = delete;

    // The group: also what it has left behind. Its number is not used again before waitpid().
    ~RunningCommand() {
        ::kill(-pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }

    Result<> wait(const CommandLimits& limits, TimePoint begin, StopSignal& stop) {
        constexpr Duration slice = std::chrono::milliseconds(50);
        const TimePoint deadline = begin + limits.longest;
        for (bool runs = true; runs;) {
            const TimePoint now = monotonic_now();
            if (stop.wait_until(now)) {
                return fail("it was interrupted");
            }
            if (now >= deadline) {
                return fail(
                    fmt::format("it runs for longer than {:g} s", Seconds(limits.longest).count()));
            }
            runs = !ends_within(std::min(slice, deadline - now));
            if (Result<> heard = hear(); !heard) {
                return heard;
            }
        }
        return {};
    }

    // It has ended.
    [[nodiscard]] Result<> success() const {
        siginfo_t info{};
        const auto id = static_cast<id_t>(pidfd_.get());
        if (::waitid(P_PIDFD, id, &info, WEXITED | WNOWAIT) != 0) {
            return fail(errno, "wait for it");
        }
        if (info.si_code != CLD_EXITED) {
            return fail(fmt::format("signal {} has ended it", info.si_status));
        }
        return info.si_status == 0 ? Result<>()
                                   : fail(fmt::format("it ended with status {}", info.si_status));
    }

    [[nodiscard]] const std::string& printed() const { return printed_; }

  private:
    // Also returns when there is something to hear.
    bool ends_within(Duration span) {
        std::array<pollfd, 2> wanted{{{.fd = pidfd_.get(), .events = POLLIN, .revents = 0},
                                      {.fd = output_.get(), .events = POLLIN, .revents = 0}}};
        const auto ms = std::chrono::ceil<std::chrono::milliseconds>(span).count();
        ::poll(wanted.data(), wanted.size(), static_cast<int>(ms));
        return (wanted[0].revents & POLLIN) != 0;
    }

    // What is there; at its end the pipe is closed.
    Result<> hear() {
        std::array<char, CommandLimits::most_output> piece{};
        while (output_) {
            const ssize_t length = ::read(output_.get(), piece.data(), piece.size());
            if (length < 0 && errno == EAGAIN) {
                return {};
            }
            if (length < 0) {
                return fail(errno, "read what it prints");
            }
            if (length == 0) {
                output_.reset();
            }
            printed_.append(piece.data(), static_cast<std::size_t>(length));
            if (printed_.size() > CommandLimits::most_output) {
                return fail(
                    fmt::format("it prints more than {} bytes", CommandLimits::most_output));
            }
        }
        return {};
    }

    pid_t pid_;
    Fd pidfd_;
    Fd output_;
    std::string printed_{};
};

}  // namespace

Result<double> measured_seconds(const std::vector<std::string>& words,
                                const CommandLimits& limits,
                                StopSignal& stop) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return fail(errno, "make a pipe");
    }
    Fd output(ends[0]);
    Fd theirs(ends[1]);
    ::fcntl(output.get(), F_SETFL, O_NONBLOCK);
    const TimePoint begin = monotonic_now();
    const Result<pid_t> pid = SpawnPlan(theirs.get()).start(words);
    if (!pid) {
        return std::unexpected(pid.error());
    }
    theirs.reset();
    Result<Fd> pidfd = open_pidfd(*pid);
    const int watched = pidfd ? pidfd->get() : -1;
    RunningCommand command(*pid, pidfd ? std::move(*pidfd) : Fd(), std::move(output));
    if (watched < 0) {
        return std::unexpected(std::move(pidfd).error());
    }
    Result<> done = command.wait(limits, begin, stop);
    const Seconds took = monotonic_now() - begin;
    done = done ? command.success() : done;
    if (!done) {
        return std::unexpected(std::move(done).error());
    }
    if (limits.timed) {
        return took.count();
    }
    const Result<double> seconds = parse_seconds(trimmed(command.printed()));
    return seconds ? seconds : fail(seconds.error(), "it prints");
}

}  // namespace penstock::sim
