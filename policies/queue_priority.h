// SPDX-License-Identifier: Apache-2.0
//
// Queue priority: an owner's priority in the driver's words.

#pragma once

#include <cstdint>

namespace penstock {

// From -20..20 to UPDATE_QUEUE's 0..15. Evenly on both sides of 0, which is 7, what runtimes ask
// for when a program asks for nothing; the ends are the ends. Priorities beyond them count as them.
//
//     -20  -10   0   10   20
//       0    4   7   11   15
[[nodiscard]] std::uint8_t queue_priority_of(std::int32_t priority);

}  // namespace penstock
