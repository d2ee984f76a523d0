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

// Whether the driver knows the number at all; the rest is ENOTTY.
[[nodiscard]] bool is_known(std::uint32_t command);

// The number must be known. Grows `argument` to the size the driver works on.
Verdict dispatch(Request& request, std::uint32_t command, std::vector<std::byte>& argument);

}  // namespace penstock::emulator
