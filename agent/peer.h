// SPDX-License-Identifier: Apache-2.0
//
// Peer: who is at the other end of a Unix socket, as the kernel knows it.

#pragma once

#include <cstdint>

#include "base/fd.h"

namespace penstock {

struct Peer {
    std::uint32_t pid = 0;
    std::uint32_t uid = 0;
    Fd pidfd{};
};

// The process that called connect(2), even if it has passed its end on. An error when it has ended,
// or is not visible in our pid namespace.
[[nodiscard]] Result<Peer> peer_of(const Fd& socket);

}  // namespace penstock
