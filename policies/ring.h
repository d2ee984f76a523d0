// SPDX-License-Identifier: Apache-2.0
//
// Ring: what the two pointers of a queue count.
//
// Those of an AQL queue count packets of 64 bytes and never wrap. Those of a PM4 queue count words
// of 4 bytes, those of an SDMA queue bytes; whether one wraps at the ring's end depends on the
// engine and the runtime, and of two pointers only one may. So only their distance in the ring
// means something; a ring is never quite full, and equal places are an empty one.
//
// Whoever owns the queue can write anything there: what can not be is unknown, and nothing exceeds
// the ring.

#pragma once

#include <cstdint>
#include <optional>

namespace penstock {

enum class QueueType : std::uint8_t { compute_pm4, compute_aql, sdma, sdma_xgmi, unknown };

// Bytes that one count of a pointer stands for. What is of unknown type is taken for AQL, which
// nearly all are.
[[nodiscard]] constexpr std::uint32_t pointer_unit(QueueType type) {
    switch (type) {
        case QueueType::compute_pm4:
            return 4;
        case QueueType::sdma:
        case QueueType::sdma_xgmi:
            return 1;
        case QueueType::compute_aql:
        case QueueType::unknown:
            break;
    }
    return 64;
}

[[nodiscard]] constexpr bool pointers_may_wrap(QueueType type) {
    return pointer_unit(type) != pointer_unit(QueueType::unknown);
}

// How much of the ring is written and not yet read, in pointer units.
[[nodiscard]] constexpr std::optional<std::uint64_t> waiting_in_ring(QueueType type,
                                                                     std::uint32_t ring_bytes,
                                                                     std::uint64_t written,
                                                                     std::uint64_t read) {
    const std::uint64_t capacity = ring_bytes / pointer_unit(type);
    if (!pointers_may_wrap(type)) {
        const bool sound = written >= read && written - read <= capacity;
        return sound ? std::optional(written - read) : std::nullopt;
    }
    const bool power_of_two = capacity != 0 && (capacity & (capacity - 1)) == 0;
    return power_of_two ? std::optional((written - read) & (capacity - 1)) : std::nullopt;
}

}  // namespace penstock
