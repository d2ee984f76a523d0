// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/look.h"

#include <utility>

#include "policies/queue_maker.h"

namespace penstock::gate {

Sight judge(QueueType type, Pointers pointers, std::uint32_t ring_bytes) {
    const auto waiting = waiting_in_ring(type, ring_bytes, pointers.written, pointers.read);
    if (!waiting) {
        return Sight::unknown;
    }
    return *waiting == 0 ? Sight::empty : Sight::work;
}

bool can_be_looked_at(const CaredQueue& queue) {
    return queue.at.write_address != 0 && queue.at.read_address != 0;
}

// Discovery may not know yet of which type a queue is; nearly always it is a compute queue.
bool computes(const CaredQueue& queue) {
    return !copies(queue.at.type);
}

Look look_at(CaredQueue& queue, OwnerMemory& memory) {
    if (!can_be_looked_at(queue)) {
        return {};
    }
    const std::optional<Pointers> pointers =
        memory.pointers(queue.at.write_address, queue.at.read_address);
    if (!pointers) {
        return {};
    }
    const auto before = std::exchange(queue.last_written, pointers->written);
    const Sight sight = judge(queue.at.type, *pointers, queue.at.ring_bytes);
    queue.resting_at = sight == Sight::empty ? std::optional(pointers->written) : std::nullopt;
    return {.sight = sight,
            .moved = before.has_value() && *before != pointers->written,
            .pointers = *pointers};
}

}  // namespace penstock::gate
