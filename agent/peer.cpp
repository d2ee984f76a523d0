// SPDX-License-Identifier: Apache-2.0

#include "agent/peer.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/pidfd.h"

namespace penstock {
namespace {

// Linux >= 6.5; Debian 12's headers are older.
constexpr int so_peerpidfd = 77;

bool hung_up(const Fd& socket) {
    pollfd end{.fd = socket.get(), .events = 0, .revents = 0};
    return ::poll(&end, 1, 0) != 0;
}

Result<Fd> pidfd_of_peer(const Fd& socket, pid_t pid) {
    int number = -1;
    socklen_t size = sizeof(number);
    if (::getsockopt(socket.get(), SOL_SOCKET, so_peerpidfd, &number, &size) == 0) {
        return Fd(number);
    }
    if (errno != ENOPROTOOPT) {
        return fail(errno, "ask for the caller's pidfd");
    }
    Result<Fd> pidfd = open_pidfd(pid);
    // Its number may have gone to another process before we opened it; then its end is closed,
    // unless it was inherited. That rest is closed by kernels that answer the question above.
    if (pidfd && hung_up(socket)) {
        return fail(ESRCH, "the caller");
    }
    return pidfd;
}

}  // namespace

Result<Peer> peer_of(const Fd& socket) {
    ucred credentials{};
    socklen_t size = sizeof(credentials);
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
        return fail(errno, "ask for the caller's credentials");
    }
    if (credentials.pid <= 0) {
        return fail("the caller is in a pid namespace that is not visible from here");
    }
    Result<Fd> pidfd = pidfd_of_peer(socket, credentials.pid);
    if (!pidfd) {
        return std::unexpected(std::move(pidfd).error());
    }
    return Peer{.pid = static_cast<std::uint32_t>(credentials.pid),
                .uid = credentials.uid,
                .pidfd = std::move(*pidfd)};
}

}  // namespace penstock
