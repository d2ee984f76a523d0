// SPDX-License-Identifier: Apache-2.0
//
// Look: reads a queue's two pointers and judges them.
//
// They lie in the owner's memory and are claims: a write pointer behind the read pointer, or
// further ahead than the ring is long, says nothing (policies/ring.h).

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

// Whether it is known where its pointers are.
[[nodiscard]] bool can_be_looked_at(const CaredQueue& queue);

// Whether its packets are work that others wait for. Copies are not: an engine of their own makes
// them while compute units may run somebody else.
[[nodiscard]] bool computes(const CaredQueue& queue);

[[nodiscard]] Sight judge(QueueType type, Pointers pointers, std::uint32_t ring_bytes);

// Remembers what it saw in the queue.
Look look_at(CaredQueue& queue, OwnerMemory& memory);

}  // namespace penstock::gate
