// SPDX-License-Identifier: Apache-2.0

#include "tests/puppet/families.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/fd.h"

namespace penstock::puppet {
namespace {

const char* name_of(int code) {
    switch (code) {
        case CLD_EXITED:
            return "exited";
        case CLD_KILLED:
            return "killed";
        case CLD_DUMPED:
            return "dumped";
        case CLD_STOPPED:
            return "stopped";
        case CLD_CONTINUED:
            return "continued";
        case CLD_TRAPPED:
            return "trapped";
        default:
            return "unknown";
    }
}

}  // namespace

std::string outcome(long returned) {
    return returned < 0 ? std::string("error ") + ::strerrordesc_np(errno) : std::string("ok");
}

std::string wait_for_change(pid_t child) {
    siginfo_t change{};
    int returned = -1;
    do {
        returned =
            ::waitid(P_PID, static_cast<id_t>(child), &change, WEXITED | WSTOPPED | WCONTINUED);
    } while (returned < 0 && errno == EINTR);
    if (returned < 0) {
        return outcome(returned);
    }
    return std::string(name_of(change.si_code)) + " " + std::to_string(change.si_status);
}

std::string take_terminal(const std::string& path) {
    // A group of its own would forbid setsid(2); a child has its parent's.
    if (::setsid() < 0) {
        return outcome(-1);
    }
    const Result<Fd> terminal = open_path(path, O_RDWR | O_NOCTTY);
    return terminal ? outcome(::ioctl(terminal->get(), TIOCSCTTY, 0)) : outcome(-1);
}

std::string read_terminal(const std::string& path) {
    const Result<Fd> terminal = open_path(path, O_RDWR | O_NOCTTY);
    char letter = 0;
    return terminal ? outcome(::read(terminal->get(), &letter, 1)) : outcome(-1);
}

std::string set_foreground(const std::string& path, pid_t group) {
    const Result<Fd> terminal = open_path(path, O_RDWR | O_NOCTTY);
    return terminal ? outcome(::tcsetpgrp(terminal->get(), group)) : outcome(-1);
}

std::string trace(pid_t target) {
    return outcome(::ptrace(PTRACE_SEIZE, target, nullptr, nullptr));
}

std::string let_go(pid_t target) {
    if (::ptrace(PTRACE_INTERRUPT, target, nullptr, nullptr) != 0) {
        return outcome(-1);
    }
    int status = 0;
    if (::waitpid(target, &status, __WALL) < 0 || !WIFSTOPPED(status)) {
        return "gone";
    }
    const int signal = (status >> 16) == 0 ? WSTOPSIG(status) : 0;
    void* passed_on = reinterpret_cast<void*>(static_cast<std::intptr_t>(signal));  // NOLINT
    return outcome(::ptrace(PTRACE_DETACH, target, nullptr, passed_on));
}

}  // namespace penstock::puppet
