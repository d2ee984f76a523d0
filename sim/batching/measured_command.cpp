// SPDX-License-Identifier: Apache-2.0

#include "sim/batching/measured_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "base/clock.h"
#include "base/fd.h"
#include "base/pidfd.h"
#include "base/text.h"
#include "sim/batching/calibration.h"

namespace penstock::sim {
namespace {

using Seconds = std::chrono::duration<double>;

// In the child: at the head of a group of its own, with no signal blocked, nothing to read, and our
// pipe to print to. It ends with us, however we end: by then nobody is left to limit it.
[[noreturn]] void become(char** words, pid_t parent, int output, int failure) {
    sigset_t none{};
    sigemptyset(&none);
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    const bool ready = ::setpgid(0, 0) == 0 && ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
                       nothing >= 0 && ::dup2(nothing, STDIN_FILENO) >= 0 &&
                       ::dup2(output, STDOUT_FILENO) >= 0 &&
                       ::pthread_sigmask(SIG_SETMASK, &none, nullptr) == 0;
    // We may have ended before the child had asked to be told.
    if (ready && ::getppid() == parent) {
        ::execvp(words[0], words);
    }
    const int error = errno;
    static_cast<void>(::write(failure, &error, sizeof(error)));
    ::_exit(1);
}

Result<std::pair<Fd, Fd>> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return fail(errno, "make a pipe");
    }
    return std::pair(Fd(ends[0]), Fd(ends[1]));
}

// Returns when it runs, or could not be started.
Result<pid_t> start(const std::vector<std::string>& words, int output) {
    std::vector<std::string> texts = words;
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (std::string& text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    Result<std::pair<Fd, Fd>> failure = make_pipe();
    if (!failure) {
        return std::unexpected(std::move(failure).error());
    }
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) {
        return fail(errno, "start it");
    }
    if (pid == 0) {
        become(pointers.data(), parent, output, failure->second.get());
    }
    failure->second.reset();
    // The other end is closed by what it has become.
    int error = 0;
    if (::read(failure->first.get(), &error, sizeof(error)) == sizeof(error)) {
        ::waitpid(pid, nullptr, 0);
        return fail(error, "start it");
    }
    return pid;
}

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
    Result<std::pair<Fd, Fd>> ends = make_pipe();
    if (!ends) {
        return std::unexpected(std::move(ends).error());
    }
    Fd output = std::move(ends->first);
    Fd theirs = std::move(ends->second);
    ::fcntl(output.get(), F_SETFL, O_NONBLOCK);
    const TimePoint begin = monotonic_now();
    const Result<pid_t> pid = start(words, theirs.get());
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
