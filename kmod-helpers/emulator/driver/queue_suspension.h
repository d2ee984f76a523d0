// SPDX-License-Identifier: Apache-2.0
//
// Queue suspension: the calls of DBG_TRAP that suspend and resume queues of a debugged process.

#pragma once

#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

// Both return how many queues were reached and mark the others in the caller's array. A queue that
// is in the wanted state already counts as reached.
Verdict suspend_queues(Request& request, Owner& target, const kfd::DebugSuspendQueues& argument);
Verdict resume_queues(Request& request, Owner& target, const kfd::DebugResumeQueues& argument);

}  // namespace penstock::emulator
