// SPDX-License-Identifier: Apache-2.0
//
// Look: reads a queue's two pointers and judges them.
//
// They lie in the owner's memory and are claims: a write pointer behind the read pointer, or
// further ahead than the ring is long, says nothing. Only AQL pointers count packets; those of
// other queue types wrap in units of their own and are not looked at.

#pragma once

#include "agent/gate/ports.h"
#include "agent/gate/queue_table.h"

namespace penstock::gate {

enum class Sight : std::uint8_t { unknown, empty, work };

struct Look {
    Sight sight = Sight::unknown;
    bool moved = false;  // Since the last look; false at the first.
    Pointers pointers{};
};

// Whether looking can tell anything about a queue of this kind.
[[nodiscard]] bool can_be_looked_at(const CaredQueue& queue);

[[nodiscard]] Sight judge(Pointers pointers, std::uint32_t ring_bytes);

// Remembers what it saw in the queue.
Look look_at(CaredQueue& queue, OwnerMemory& memory);

}  // namespace penstock::gate
