// SPDX-License-Identifier: Apache-2.0
//
// Surface line: what clients can see at the moment, as a line of metrics.

#pragma once

#include <string>

#include "agent/publish/surface.h"

namespace penstock::dbus {

// With its end. `time` is in seconds since 1970, UTC.
[[nodiscard]] std::string surface_line(const Surface& surface, double time);

}  // namespace penstock::dbus
