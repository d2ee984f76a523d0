// SPDX-License-Identifier: Apache-2.0
//
// Signals in a client's memory: what a completed packet does to one, and whether a barrier may
// pass.

#pragma once

#include <cstdint>

#include "kmod-helpers/abi/aql.h"
#include "kmod-helpers/emulator/device.h"

namespace penstock::emulator {

struct Completion {
    std::uint32_t tgid = 0;
    std::uint64_t signal_address = 0;  // 0: nobody waits.
    TimePoint start{};
    TimePoint end{};
};

// Decrements the signal, stamps it and wakes whoever waits for its event. A signal that can not be
// reached is left alone: its owner harms only itself. Read-modify-write from here is not atomic
// against the client; on the bus it would be, so only one side may write a signal at a time.
void complete_signal(ClientMemory& memory, Interrupts& interrupts, const Completion& completion);

// A dependency that can not be read is not satisfied.
[[nodiscard]] bool barrier_passes(ClientMemory& memory,
                                  std::uint32_t tgid,
                                  aql::PacketType type,
                                  const aql::Barrier& barrier);

}  // namespace penstock::emulator
