// SPDX-License-Identifier: Apache-2.0
//
// Dispatcher: finds the function of an ioctl(2) by its number alone and gives it an argument of the
// size it expects: what the caller did not pass reads as zero, what it passed too much comes back
// unchanged.

#pragma once

#include <cstdint>
#include <vector>

#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

// Whether this driver knows the number at all.
[[nodiscard]] bool is_known(const DriverSettings& settings, std::uint32_t command);

// Whether the number is one that a process' tracer, too, may call on that process' file.
[[nodiscard]] bool serves_tracers(std::uint32_t command);

// Which way the argument goes. The driver knows by the number, whatever the command claims.
struct Directions {
    bool to_driver = false;
    bool to_caller = false;
};

[[nodiscard]] Directions directions_of(const DriverSettings& settings, std::uint32_t command);

// The process that the argument names beside the caller's own, if the number has such an argument.
[[nodiscard]] std::optional<std::uint32_t> named_process(const DriverSettings& settings,
                                                         std::uint32_t command,
                                                         std::span<const std::byte> argument);

// The number must be known. Grows `argument` to the size the driver works on.
Verdict dispatch(Request& request, std::uint32_t command, std::vector<std::byte>& argument);

}  // namespace penstock::emulator
