// SPDX-License-Identifier: Apache-2.0

#include "base/packet_socket.h"

#include <algorithm>
#include <cerrno>

namespace penstock {

Result<sockaddr_un> socket_address(const std::string& path) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    if (path.empty() || path.size() >= sizeof(address.sun_path)) {
        return fail("the socket's path is empty or longer than " +
                    std::to_string(sizeof(address.sun_path) - 1) + " bytes: " + path);
    }
    std::ranges::copy(path, &address.sun_path[0]);
    return address;
}

const sockaddr* generic(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

Result<Fd> make_packet_socket() {
    return owned(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
                 "make a socket");
}

Result<Fd> connect_packet_socket(const std::string& path) {
    const Result<sockaddr_un> address = socket_address(path);
    if (!address) {
        return std::unexpected(address.error());
    }
    Result<Fd> socket = make_packet_socket();
    if (socket && ::connect(socket->get(), generic(*address), sizeof(*address)) != 0) {
        return fail(errno, "connect to " + path);
    }
    return socket;
}

}  // namespace penstock
