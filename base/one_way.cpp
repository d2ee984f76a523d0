// SPDX-License-Identifier: Apache-2.0

#include "base/one_way.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace penstock {

Result<OneWay> make_one_way(int bytes) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) {
        return fail(errno, "make a pair of sockets");
    }
    OneWay way{.writer = Fd(ends[0]), .reader = Fd(ends[1])};
    if (::setsockopt(way.writer.get(), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes)) != 0 ||
        ::shutdown(way.reader.get(), SHUT_WR) != 0) {
        return fail(errno, "set up a pair of sockets");
    }
    return way;
}

}  // namespace penstock
