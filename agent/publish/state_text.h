// SPDX-License-Identifier: Apache-2.0
//
// State text: what clients can see, as text for a report of a fault.
//
// It says no more than the bus tells everybody already, and how many streams there are and which
// questions to polkit wait, but not whose.

#pragma once

#include <string>

#include "agent/publish/surface.h"

namespace penstock::dbus {

[[nodiscard]] std::string state_text(const Surface& surface);

}  // namespace penstock::dbus
