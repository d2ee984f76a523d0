// SPDX-License-Identifier: Apache-2.0
//
// Events: what a process sleeps on until a signal of one of its packets completes.

#pragma once

#include "kmod-helpers/abi/kfd_ioctl.h"
#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

// Slots of the driver's signal page that a process has as long as it maps no larger one, which the
// emulator would not see. Number 0 is never given out.
inline constexpr std::uint32_t signal_slots = 256;

Verdict create_event(Request& request, kfd::CreateEvent& argument);
Verdict destroy_event(Request& request, kfd::EventNamed& argument);
Verdict set_event(Request& request, kfd::EventNamed& argument);
Verdict reset_event(Request& request, kfd::EventNamed& argument);
Verdict wait_events(Request& request, kfd::WaitEvents& argument);

// Wakes everybody who waits for it now. With nobody waiting it stays set for the next.
void set(Event& event);

}  // namespace penstock::emulator
