// SPDX-License-Identifier: Apache-2.0

#include "base/pidfd.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

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

bool is_alive(const Fd& pidfd) {
    pollfd gone{.fd = pidfd.get(), .events = POLLIN, .revents = 0};
    return ::poll(&gone, 1, 0) == 0;
}

}  // namespace penstock
