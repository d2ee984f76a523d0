// SPDX-License-Identifier: Apache-2.0
//
// Packet processor: takes packets from one ring until a kernel is launched or nothing can go on.
//
// One packet at a time, in order, whatever the barrier bit says. Barriers and packets that are not
// modelled (vendor, agent) take no time, so the number of packets per look is bounded.

#pragma once

#include <cstdint>
#include <optional>

#include "kmod-helpers/emulator/device.h"
#include "kmod-helpers/emulator/device/aql_ring.h"
#include "kmod-helpers/emulator/device/running_kernel.h"

namespace penstock::emulator {

// Where packets are executed: the client's memory and what to assume about it.
struct Surroundings {
    ClientMemory& memory;
    Interrupts& interrupts;
    Duration default_kernel{};
};

struct Look {
    std::optional<RunningKernel> launched{};
    std::uint32_t consumed = 0;
    bool at_barrier = false;  // Waits for another queue's or process' signal.
};

// Consumes at most `most` packets of the queue of process `tgid`.
[[nodiscard]] Look look_at(AqlRing& ring,
                           std::uint32_t tgid,
                           const Surroundings& around,
                           std::uint32_t most,
                           TimePoint now);

}  // namespace penstock::emulator
