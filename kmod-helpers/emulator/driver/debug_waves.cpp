// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/debug_waves.h"

#include <cerrno>
#include <utility>

namespace penstock::emulator {

namespace {

constexpr std::uint32_t override_adds = 0;
constexpr std::uint32_t every_trap = 0xffffffff;
constexpr std::uint32_t address_watch_trap = 1U << 7;
constexpr std::uint32_t lowest_byte = 0xff;
constexpr std::uint32_t launch_normally = 0;
constexpr std::uint32_t launch_halted = 1;
constexpr std::uint32_t launch_for_debugger = 3;
// One memory or arithmetic operation at a time: nothing that is emulated can do that.
constexpr std::uint32_t precise_flags = 3;

bool has_devices(const Request& request) {
    return !request.machine.devices.descriptions().empty();
}

}  // namespace

Verdict override_traps(Request& request, Owner& /*target*/, TrapOverride& argument) {
    const std::uint32_t requested = argument.supported_request;
    argument.supported_request = every_trap;
    if (has_devices(request)) {
        // One register for all processes of the device: only this bit may be added.
        argument.supported_request = address_watch_trap;
        if (argument.mode != override_adds) {
            return -EINVAL;
        }
    }
    return (requested & ~argument.supported_request) == 0 ? 0 : -EACCES;
}

Verdict set_launch_mode(Request& /*request*/, Owner& /*target*/, LaunchMode& argument) {
    switch (argument.mode & lowest_byte) {
        case launch_normally:
        case launch_halted:
        case launch_for_debugger:
            return 0;
        default:
            return -EINVAL;
    }
}

Verdict watch_address(Request& request, Owner& /*target*/, AddressWatch& argument) {
    // As if all watch points were taken.
    return request.machine.devices.has(argument.gpu_id) ? -ENOMEM : -ENODEV;
}

Verdict unwatch_address(Request& request, Owner& /*target*/, ClearedAddressWatch& argument) {
    return request.machine.devices.has(argument.gpu_id) ? -EINVAL : -ENODEV;
}

Verdict set_debug_flags(Request& request, Owner& target, DebugFlags& argument) {
    if (!target.debug) {
        return -EINVAL;
    }
    std::uint32_t& flags = target.debug->flags;
    if (has_devices(request) && (argument.flags & precise_flags) != 0) {
        argument.flags = flags;
        return -EACCES;
    }
    std::swap(argument.flags, flags);
    return 0;
}

}  // namespace penstock::emulator
