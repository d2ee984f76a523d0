// SPDX-License-Identifier: Apache-2.0
//
// Trace requests: clients begin and end to be written what happens on the machine.

#pragma once

#include <cstdint>
#include <string>

#include "agent/publish/caller.h"
#include "agent/publish/codec.h"
#include "agent/publish/refusal.h"
#include "agent/publish/surface.h"

namespace penstock::dbus {

// The number of the trace. Refused: formats that there are not, what is no socket, and a second
// trace.
Answer<std::uint64_t> start_trace(ManagerObject& manager,
                                  const Caller& caller,
                                  Descriptor out,
                                  const std::string& format,
                                  const NoOptions& options);

// Nothing to do where there is no such trace.
Answer<> stop_trace(ManagerObject& manager, const Caller& caller, std::uint64_t id);

}  // namespace penstock::dbus
