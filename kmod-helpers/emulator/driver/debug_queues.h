// SPDX-License-Identifier: Apache-2.0
//
// The calls of DBG_TRAP that look at the queues of a debugged process and at what happened to them.

#pragma once

#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

Verdict snapshot_queues(Request& request, Owner& target, kfd::DebugQueueSnapshot& argument);

// Takes one event: queues first, then devices, then the process itself.
Verdict query_event(Owner& target, kfd::DebugQueryEvent& argument);

}  // namespace penstock::emulator
