// SPDX-License-Identifier: Apache-2.0
//
// CRIU_OP: evicts all queues of a process and brings them back. Nobody does so for a caller that
// died in between.

#pragma once

#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

// Acts on who opened the file; whether the caller may use it has been decided.
Verdict criu(Request& request, kfd::Criu& argument);

}  // namespace penstock::emulator
