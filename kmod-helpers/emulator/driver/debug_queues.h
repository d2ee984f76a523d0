// SPDX-License-Identifier: Apache-2.0
//
// The calls of DBG_TRAP that act on queues of a debugged process, and that look at them.

#pragma once

#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

// Both return how many queues were reached and mark the others in the caller's array. A queue that
// is in the wanted state already counts as reached.
Verdict suspend_queues(Request& request, Owner& target, const kfd::DebugSuspendQueues& argument);
Verdict resume_queues(Request& request, Owner& target, const kfd::DebugResumeQueues& argument);

Verdict snapshot_queues(Request& request, Owner& target, kfd::DebugQueueSnapshot& argument);

// Takes one event: queues first, then devices, then the process itself.
Verdict query_event(Owner& target, kfd::DebugQueryEvent& argument);

}  // namespace penstock::emulator
