// SPDX-License-Identifier: Apache-2.0
//
// Written rings: which of many idle queues may have a packet.
//
// Most rings of a resumed client, and of those whose turn it is, are empty. A system call for each
// would be most of what a resume costs, so that the write counters of a client are read together.

#pragma once

#include <map>
#include <vector>

#include "kmod-helpers/emulator/device/emulated_queue.h"

namespace penstock::emulator {

struct RingsSeen {
    std::vector<EmulatedQueue*> to_look_at{};
    std::vector<EmulatedQueue*> empty{};
};

// Both in the order of their names. A ring of which nothing could be learnt is to be looked at.
[[nodiscard]] RingsSeen see_rings(ClientMemory& memory,
                                  const std::map<QueueName, EmulatedQueue*>& queues);

}  // namespace penstock::emulator
