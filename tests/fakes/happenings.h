// SPDX-License-Identifier: Apache-2.0
//
// Happenings: readings for tests, one short word for each thing that probes and gate can report.

#pragma once

#include "agent/state/readings.h"
#include "tests/fakes/machine.h"

namespace penstock::fakes {

inline QueueKey key(std::uint64_t owner, std::uint32_t number, GpuId gpu = first_gpu) {
    return {.owner = OwnerId{owner}, .gpu = gpu, .number = number};
}

// Its pid is 1000 and its id.
inline QueueEvent owner_appears(std::uint64_t id) {
    return OwnerAppeared{
        {.id = OwnerId{id}, .pid = static_cast<std::uint32_t>(1000 + id), .command = "program"}};
}

inline QueueEvent owner_vanishes(std::uint64_t id) {
    return OwnerVanished{OwnerId{id}};
}

inline QueueEvent queue_appears(const QueueKey& key) {
    return QueueAppeared{{.key = key, .type = QueueType::compute_aql, .ring_bytes = 64 * 64}};
}

inline QueueEvent queue_vanishes(const QueueKey& key) {
    return QueueVanished{key};
}

inline wire::FromGate adopted(std::uint64_t owner, PreemptionLevel level) {
    return wire::Adopted{.owner = OwnerId{owner}, .level = level, .reason = "as probed"};
}

inline wire::FromGate acted(std::uint64_t owner, Verb verb, Duration when, int error = 0) {
    return wire::Acted{.owner = OwnerId{owner},
                       .gpu = first_gpu,
                       .verb = verb,
                       .error = error,
                       .queues = 1,
                       .done_ns = when.count()};
}

}  // namespace penstock::fakes
