// SPDX-License-Identifier: Apache-2.0

#include "agent/actuation/gate_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is not in <csignal>.
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

#include "base/packet_socket.h"
#include "base/pidfd.h"

namespace penstock {
namespace {

constexpr int grace_ms = 1000;

// Between fork() and exec() only async-signal-safe calls are allowed.
[[noreturn]] void become_gate(const std::vector<char*>& words, int socket) {
    sigset_t none{};
    sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);  // The agent's mask would survive exec().
    ::fcntl(socket, F_SETFD, 0);
    ::execv(words[0], words.data());
    ::_exit(127);
}

}  // namespace

Result<GateProcess> GateProcess::start(const std::string& program,
                                       const std::vector<std::string>& arguments) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) {
        return fail(errno, "make the gate's socket");
    }
    Fd ours(ends[0]);
    const Fd theirs(ends[1]);
    if (::access(program.c_str(), X_OK) != 0) {
        return fail(errno, "start " + program);
    }
    std::vector<std::string> texts = {program, "--agent-fd=" + std::to_string(theirs.get())};
    texts.insert(texts.end(), arguments.begin(), arguments.end());
    std::vector<char*> words;
    words.reserve(texts.size() + 1);
    for (std::string& text : texts) {
        words.push_back(text.data());
    }
    words.push_back(nullptr);

    const pid_t pid = ::fork();
    if (pid < 0) {
        return fail(errno, "start " + program);
    }
    if (pid == 0) {
        become_gate(words, theirs.get());
    }
    Result<Fd> pidfd = open_pidfd(pid);
    if (!pidfd) {
        return std::unexpected(std::move(pidfd).error());
    }
    return GateProcess(pid, std::move(*pidfd), std::move(ours));
}

Result<GateProcess> GateProcess::connect(const std::string& path) {
    Result<Fd> socket = connect_packet_socket(path);
    if (!socket) {
        return fail(std::move(socket).error(), "reach the gate");
    }
    return GateProcess(0, Fd(), std::move(*socket));
}

GateProcess::~GateProcess() {
    if (!pidfd_) {
        return;
    }
    socket_.reset();
    pollfd gone{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&gone, 1, grace_ms) != 1) {
        end();
    }
    ::waitpid(pid_, nullptr, 0);
}

// It is still there to be waited for after that.
std::string GateProcess::fate() const {
    if (!pidfd_) {
        return "its unit's journal says why";
    }
    siginfo_t info{};
    const auto id = static_cast<id_t>(pidfd_.get());
    if (::waitid(P_PIDFD, id, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) {
        return "it runs, but does not listen";
    }
    const std::string number = std::to_string(info.si_status);
    return info.si_code == CLD_EXITED ? "it ended with status " + number
                                      : "it was killed by signal " + number;
}

void GateProcess::end() const {
    if (pidfd_) {
        ::kill(pid_, SIGKILL);
    } else {
        ::shutdown(socket_.get(), SHUT_RDWR);
    }
}

}  // namespace penstock
