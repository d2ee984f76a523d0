// SPDX-License-Identifier: Apache-2.0
//
// DBG_TRAP: one call for everything a debugger wants of another process. The order of the checks is
// the driver's, because callers tell its refusals apart by errno.

#pragma once

#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

Verdict debug_trap(Request& request, kfd::DebugTrap& argument);

}  // namespace penstock::emulator
