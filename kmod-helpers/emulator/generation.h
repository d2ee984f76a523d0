// SPDX-License-Identifier: Apache-2.0
//
// Generation: what of the driver's behaviour depends on the device's graphics core, by the number
// that topologies show (90010 for gfx90a).

#pragma once

#include <cstdint>

namespace penstock::emulator {

struct Generation {
    std::uint32_t gfx_target_version = 0;

    // Older ones can not be debugged at all.
    [[nodiscard]] constexpr bool is_debuggable() const { return gfx_target_version >= 90000; }

    // gfx90a, gfx94x and from gfx11 on. On the others one process at a time is debugged, because
    // all debugging of the device goes through one VMID.
    [[nodiscard]] constexpr bool debugs_per_vmid() const {
        constexpr std::uint32_t gfx90a = 90010;
        const bool mi300 = gfx_target_version >= 90400 && gfx_target_version < 100000;
        return gfx_target_version == gfx90a || mi300 || gfx_target_version >= 110000;
    }

    // RDNA3: a fault of saving waves is worked around by masking half of the compute units off.
    [[nodiscard]] constexpr bool halves_units_when_debugged() const {
        return gfx_target_version >= 110000 && gfx_target_version <= 110003;
    }

    // RDNA: compute units come in pairs.
    [[nodiscard]] constexpr bool has_unit_pairs() const { return gfx_target_version >= 100000; }
};

}  // namespace penstock::emulator
