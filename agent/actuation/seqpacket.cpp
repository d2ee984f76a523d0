// SPDX-License-Identifier: Apache-2.0

#include "agent/actuation/seqpacket.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace penstock {

Result<> send_packet(int socket,
                     std::span<const std::byte> bytes,
                     std::span<const int> descriptors) {
    // sendmsg() only reads the buffer, but its structure is shared with recvmsg().
    iovec part{.iov_base = const_cast<std::byte*>(bytes.data()),
               .iov_len = bytes.size()};  // NOLINT
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(2 * sizeof(int))> control{};
    if (!descriptors.empty()) {
        const std::size_t length = std::min<std::size_t>(descriptors.size(), 2) * sizeof(int);
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(length);
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(length);
        std::memcpy(CMSG_DATA(header), descriptors.data(), length);
    }
    while (::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        if (errno != EINTR) {
            return fail(errno, "send to the gate");
        }
    }
    return {};
}

Result<std::optional<std::span<const std::byte>>> receive_packet(int socket,
                                                                 std::span<std::byte> buffer) {
    ssize_t length = -1;
    while ((length = ::recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_TRUNC)) < 0) {
        if (errno == EAGAIN) {
            return std::nullopt;
        }
        if (errno != EINTR) {
            return fail(errno, "receive from the gate");
        }
    }
    if (length == 0) {
        return fail("the gate has hung up");
    }
    if (static_cast<std::size_t>(length) > buffer.size()) {
        return fail(EMSGSIZE, "receive from the gate");
    }
    return buffer.first(static_cast<std::size_t>(length));
}

}  // namespace penstock
