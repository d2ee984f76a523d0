// SPDX-License-Identifier: Apache-2.0
//
// Debug waves: the calls of DBG_TRAP with which a debugger looks at waves. No waves are modelled:
// arguments are judged as the driver judges them, and nothing else happens.

#pragma once

#include <array>

#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

struct TrapOverride {
    std::uint32_t mode = 0;               // 0 adds to the enabled traps, 1 replaces them.
    std::uint32_t enable_mask = 0;        // Out: what it was before.
    std::uint32_t supported_request = 0;  // Out: all that is supported.
    std::uint32_t pad = 0;
    std::uint64_t unused = 0;
};

struct LaunchMode {
    std::uint32_t mode = 0;  // The driver looks at the lowest byte only.
    std::uint32_t pad = 0;
    std::array<std::uint64_t, 2> unused{};
};

struct AddressWatch {
    std::uint64_t address = 0;
    std::uint32_t mode = 0;
    std::uint32_t mask = 0;
    std::uint32_t gpu_id = 0;
    std::uint32_t id = 0;  // Out.
};

struct ClearedAddressWatch {
    std::uint32_t gpu_id = 0;
    std::uint32_t id = 0;
    std::array<std::uint64_t, 2> unused{};
};

struct DebugFlags {
    std::uint32_t flags = 0;  // Out: what they were before.
    std::uint32_t pad = 0;
    std::array<std::uint64_t, 2> unused{};
};

Verdict override_traps(Request& request, Owner& target, TrapOverride& argument);
Verdict set_launch_mode(Request& request, Owner& target, LaunchMode& argument);
Verdict watch_address(Request& request, Owner& target, AddressWatch& argument);
Verdict unwatch_address(Request& request, Owner& target, ClearedAddressWatch& argument);
Verdict set_debug_flags(Request& request, Owner& target, DebugFlags& argument);

}  // namespace penstock::emulator
