// SPDX-License-Identifier: Apache-2.0
//
// Subscription requests: clients begin and end to be told of numbers that change all the time.

#pragma once

#include <cstdint>

#include "agent/publish/caller.h"
#include "agent/publish/refusal.h"
#include "agent/publish/surface.h"

namespace penstock::dbus {

// Refused: an interval out of range, and one subscription too many of this user or of all.
Answer<> subscribe(ManagerObject& manager, const Caller& caller, std::uint64_t interval_usec);

// Nothing to do where the client has none.
Answer<> unsubscribe(ManagerObject& manager, const Caller& caller);

}  // namespace penstock::dbus
