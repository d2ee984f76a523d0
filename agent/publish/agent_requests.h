// SPDX-License-Identifier: Apache-2.0
//
// Manager requests: the changes to the agent as a whole that clients may ask for.

#pragma once

#include <cstdint>

#include "agent/publish/caller.h"
#include "agent/publish/codec.h"
#include "agent/publish/refusal.h"
#include "agent/publish/surface.h"

namespace penstock::dbus {

// False has resumed everybody before the answer goes out.
Answer<> enable_preemption(ManagerObject& manager, const Caller& caller, bool enabled);

// True has resumed everybody before the answer goes out.
Answer<> set_dry_run(ManagerObject& manager, const Caller& caller, bool dry);

// Refused with ConfigInvalid when the files have an error; the sentence names file and line.
Answer<Details> reload(ManagerObject& manager, const Caller& caller);

// How many queues it reached.
Answer<std::uint32_t> resume_all(ManagerObject& manager, const Caller& caller);

}  // namespace penstock::dbus
