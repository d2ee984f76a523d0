// SPDX-License-Identifier: Apache-2.0
//
// One message, one datagram: sending with descriptors attached, and receiving without waiting.

#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "base/result.h"

namespace penstock {

// At most two descriptors. Fails rather than waits when the peer does not read.
Result<> send_packet(int socket,
                     std::span<const std::byte> bytes,
                     std::span<const int> descriptors);

// The message, as a part of `buffer`. Nothing when none waits; an error when the peer is gone or
// sent more than the buffer holds.
Result<std::optional<std::span<const std::byte>>> receive_packet(int socket,
                                                                 std::span<std::byte> buffer);

}  // namespace penstock
