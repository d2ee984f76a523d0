// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/presets/machine_writer.h"
#include "kmod-helpers/emulator/presets/modelled_machines.h"

namespace penstock::emulator {

Topology bare_topology() {
    constexpr std::uint64_t gib = 1ULL << 30;
    return written_machine(
        {.cores = 2, .memory_bytes = 4 * gib, .memory_bus_bits = 64, .memory_mhz = 3200});
}

}  // namespace penstock::emulator
