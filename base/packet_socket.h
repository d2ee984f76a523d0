// SPDX-License-Identifier: Apache-2.0
//
// Packet socket: a SOCK_SEQPACKET socket with a name in the file system, which keeps the borders of
// messages and says when the other end has gone.

#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <string>

#include "base/fd.h"

namespace penstock {

// Refused is a path that is empty or longer than an address may be.
Result<sockaddr_un> socket_address(const std::string& path);

// As the kernel's calls take it.
[[nodiscard]] const sockaddr* generic(const sockaddr_un& address);

// Neither blocks nor survives exec().
Result<Fd> make_packet_socket();

// Connected to whoever listens there.
Result<Fd> connect_packet_socket(const std::string& path);

}  // namespace penstock
