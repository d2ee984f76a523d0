// SPDX-License-Identifier: Apache-2.0

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <string_view>

#include "base/clock.h"
#include "base/stop_signal.h"
#include "client/ctl/verbs.h"

namespace penstock::ctl {
namespace {

constexpr Duration patience = std::chrono::seconds(10);  // For the end, once it was asked for.
constexpr int longest_poll_ms = 50;                      // Signals are looked at so often.

// A name that somebody else has placed must not be written through.
Result<Fd> created(const std::string& path) {
    constexpr mode_t only_owner = 0600;
    if (path == "-") {
        return owned(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0), "write to standard output");
    }
    return owned(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, only_owner),
        "create " + path);
}

struct Pair {
    Fd ours{};
    Fd theirs{};
};

Result<Pair> connected_pair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) < 0) {
        return penstock::fail(errno, "make a pair of sockets");
    }
    return Pair{.ours = Fd(ends[0]), .theirs = Fd(ends[1])};
}

// What has come by then, into the file; false at the end of it.
Result<bool> copy_some(const Fd& from, const Fd& to) {
    pollfd ready{.fd = from.get(), .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, longest_poll_ms) <= 0) {
        return true;
    }
    std::array<char, 65536> piece{};
    const ssize_t count = ::recv(from.get(), piece.data(), piece.size(), MSG_DONTWAIT);
    if (count == 0) {
        return false;
    }
    if (count < 0) {
        return errno == EAGAIN || errno == EINTR ? Result<bool>(true)
                                                 : penstock::fail(errno, "read the trace");
    }
    const Result<> written =
        write_all(to, {piece.data(), static_cast<std::size_t>(count)}, "write the trace");
    return written ? Result<bool>(true) : std::unexpected(written.error());
}

// True once the agent has ended the trace; false when it is too late, or a signal has come.
Result<bool> copy_until(TimePoint latest, StopSignal* stop, const Fd& from, const Fd& to) {
    while (monotonic_now() < latest && (stop == nullptr || !stop->wait_until({}))) {
        const Result<bool> goes_on = copy_some(from, to);
        if (!goes_on || !*goes_on) {
            return goes_on ? Result<bool>(true) : goes_on;
        }
    }
    return false;
}

// A signal ends the trace, not the copying of what comes of it still.
Outcome<> copy_until_done(
    AgentClient& agent, std::uint64_t trace, const Fd& from, const Fd& to, TimePoint due) {
    StopSignal stop;
    Result<bool> ended = copy_until(due, &stop, from, to);
    if (ended && !*ended) {
        if (const Outcome<> stopped = agent.stop_trace(trace); !stopped) {
            return stopped;
        }
        ended = copy_until(monotonic_now() + patience, nullptr, from, to);
    }
    if (!ended) {
        return fail(Exit::refused, ended.error().message());
    }
    return *ended ? Outcome<>{} : fail(Exit::unreachable, "the agent does not end the trace");
}

}  // namespace

Outcome<> run(AgentClient& agent, const Trace& verb) {
    const Result<Fd> file = created(verb.file);
    if (!file) {
        return fail(Exit::refused, file.error().message());
    }
    Result<Pair> pair = connected_pair();
    if (!pair) {
        return fail(Exit::refused, pair.error().message());
    }
    const Outcome<std::uint64_t> trace = agent.start_trace(pair->theirs);
    // While we had a copy of it, its end would not be one.
    pair->theirs.reset();
    if (!trace) {
        if (verb.file != "-") {
            ::unlink(verb.file.c_str());
        }
        return std::unexpected(trace.error());
    }
    const TimePoint due = verb.length ? monotonic_now() + *verb.length : TimePoint::max();
    return copy_until_done(agent, *trace, pair->ours, *file, due);
}

}  // namespace penstock::ctl
