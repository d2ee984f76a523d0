// SPDX-License-Identifier: Apache-2.0
//
// Debug activation: what debugging a process takes of the devices, from when both a debugger and a
// runtime are there. It may fail, which ENABLE does not tell but the runtime's state does.

#pragma once

#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

// Leaves the runtime's state at "busy" when another process has the only VMID of a device, or when
// a queue whose compute units have to be masked is masked already.
void activate_debug(Machine& machine, Owner& target, TimePoint now);

// Gives everything back; harmless when nothing was taken.
void deactivate_debug(Machine& machine, Owner& target, TimePoint now);

// For a queue made while its owner is debugged.
void mask_for_debugger(Machine& machine, Owner& owner, std::uint32_t number, TimePoint now);

}  // namespace penstock::emulator
