// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/look.h"

#include <utility>

#include "kmod-helpers/abi/aql.h"

namespace penstock::gate {

Sight judge(Pointers pointers, std::uint32_t ring_bytes) {
    if (pointers.written < pointers.read) {
        return Sight::unknown;
    }
    const std::uint64_t waiting = pointers.written - pointers.read;
    if (waiting > ring_bytes / aql::packet_bytes) {
        return Sight::unknown;
    }
    return waiting == 0 ? Sight::empty : Sight::work;
}

bool can_be_looked_at(const CaredQueue& queue) {
    // Discovery may not know yet which kind of compute queue it is; what is no AQL queue fails the
    // checks sooner or later, and the driver's snapshot tells the type.
    const bool counts_packets =
        queue.at.type == QueueType::compute_aql || queue.at.type == QueueType::unknown;
    return counts_packets && queue.at.write_address != 0 && queue.at.read_address != 0;
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
    const Sight sight = judge(*pointers, queue.at.ring_bytes);
    queue.resting_at = sight == Sight::empty ? std::optional(pointers->written) : std::nullopt;
    return {.sight = sight,
            .moved = before.has_value() && *before != pointers->written,
            .pointers = *pointers};
}

}  // namespace penstock::gate
