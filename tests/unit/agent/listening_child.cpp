// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/agent/listening_child.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace penstock {
namespace {

// A number that is passed on has no FD_CLOEXEC, even where the pipe has come to lie on it.
bool give_descriptor(int number) {
    std::array<int, 2> ends{};
    return ::pipe2(ends.data(), O_CLOEXEC) == 0 && ::dup2(ends[0], number) >= 0 &&
           ::fcntl(number, F_SETFD, 0) == 0;
}

// NOLINTBEGIN(concurrency-mt-unsafe): the child has one thread.
void announce(const std::string& names, int count) {
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    ::setenv("LISTEN_FDS", std::to_string(count).c_str(), 1);
    ::setenv("LISTEN_FDNAMES", names.c_str(), 1);
}

// NOLINTEND(concurrency-mt-unsafe)

}  // namespace

bool started_with(const std::string& names, int count, const std::function<bool()>& in_child) {
    const pid_t child = ::fork();
    if (child == 0) {
        for (int i = 0; i < count; ++i) {
            if (!give_descriptor(3 + i)) {
                ::_exit(2);
            }
        }
        announce(names, count);
        ::_exit(in_child() ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace penstock
