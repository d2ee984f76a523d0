// SPDX-License-Identifier: Apache-2.0

#include "base/pidfd.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"
#include "base/tree.h"

namespace penstock {

Result<Fd> open_pidfd(pid_t pid) {
    // Not glibc's pidfd_open(): Debian 12's <sys/pidfd.h> declares it without C linkage.
    const long number = ::syscall(SYS_pidfd_open, pid, 0U);
    return owned(static_cast<int>(number), "watch process " + std::to_string(pid));
}

Result<Fd> duplicate_from(const Fd& pidfd, int number) {
    const long copy = ::syscall(SYS_pidfd_getfd, pidfd.get(), number, 0U);
    return owned(static_cast<int>(copy), "duplicate descriptor " + std::to_string(number));
}

Result<std::uint32_t> pid_behind(int pidfd) {
    const Result<std::string> told = Tree("/proc/self/fdinfo").read(std::to_string(pidfd));
    // -1 is a process that has been reaped, 0 one of another namespace.
    const auto line = told ? value_of(*told, "Pid") : std::nullopt;
    const auto pid = line ? parse_number<std::uint32_t>(trimmed(*line)) : std::nullopt;
    if (!pid || *pid == 0 || !is_alive(pidfd)) {
        return fail("the descriptor is not that of a running process");
    }
    return *pid;
}

bool is_alive(int pidfd) {
    pollfd gone{.fd = pidfd, .events = POLLIN, .revents = 0};
    return pidfd >= 0 && ::poll(&gone, 1, 0) == 0;
}

}  // namespace penstock
