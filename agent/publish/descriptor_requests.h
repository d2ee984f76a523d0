// SPDX-License-Identifier: Apache-2.0
//
// Descriptor requests: what clients are answered with a descriptor to read from.

#pragma once

#include <cstdint>
#include <string>

#include "agent/publish/caller.h"
#include "agent/publish/codec.h"
#include "agent/publish/refusal.h"
#include "agent/publish/surface.h"

namespace penstock::dbus {

// Refused are formats that there are not, with those there are; intervals out of range; and one
// stream too many of this user or of all.
Answer<Fd> open_metrics_stream(ManagerObject& manager,
                               const Caller& caller,
                               const std::string& format,
                               std::uint64_t interval_usec,
                               const NoOptions& options);

// A sealed file with the state at the moment. Refused when this user has asked too often.
Answer<Fd> dump_state(ManagerObject& manager, const Caller& caller);

}  // namespace penstock::dbus
