// SPDX-License-Identifier: Apache-2.0
//
// Debug events: what a debugged process' driver tells the debugger: a bit that stays set until it
// is cleared, and one byte into its pipe when it subscribed.

#pragma once

#include "kmod-helpers/emulator/driver/owner.h"

namespace penstock::emulator {

// Without a debugger these leave no trace: a queue older than the session is never "new".
void raise_queue_new(Owner& owner, std::uint32_t number);
void raise_queue_delete(Owner& owner, std::uint32_t gpu_id);
void raise_runtime_change(Owner& owner);

// Forgets all that was raised, as the end of a session does.
void clear_exceptions(Owner& owner);

}  // namespace penstock::emulator
