// SPDX-License-Identifier: Apache-2.0
//
// Manager requests: the changes to the agent as a whole that clients may ask for.

#pragma once

#include <cstdint>
#include <string>

#include "agent/publish/caller.h"
#include "agent/publish/codec.h"
#include "agent/publish/refusal.h"
#include "agent/publish/surface.h"

namespace penstock::dbus {

// Refused with NoSuchPolicy, and the names there are, when the catalogue has no such policy.
Answer<> set_policy(ManagerObject& manager, const Caller& caller, const std::string& name);

// False has resumed everybody before the answer goes out.
Answer<> enable_preemption(ManagerObject& manager, const Caller& caller, bool enabled);

// Refused with ConfigInvalid when the files have an error; the sentence names file and line.
Answer<Details> reload(ManagerObject& manager, const Caller& caller);

// How many queues it reached.
Answer<std::uint32_t> resume_all(ManagerObject& manager, const Caller& caller);

}  // namespace penstock::dbus
