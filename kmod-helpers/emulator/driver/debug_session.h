// SPDX-License-Identifier: Apache-2.0
//
// Debug session: how DBG_TRAP attaches to a process, and what happens when it ends, by DISABLE or
// by the debugger's death: everything it suspended runs again.

#pragma once

#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

Verdict enable_debug(Request& request, Owner& target, kfd::DebugEnable& argument);

// Returns when the last of the resumed queues runs.
TimePoint resume_everything(Machine& machine, Owner& target, TimePoint now);
TimePoint end_session(Machine& machine, Owner& target, TimePoint now);

}  // namespace penstock::emulator
