// SPDX-License-Identifier: Apache-2.0
//
// Object tree: puts the surface's objects on a connection.

#pragma once

#include <systemd/sd-bus.h>

#include <vector>

#include "agent/publish/connection.h"
#include "agent/publish/surface.h"
#include "base/result.h"

namespace penstock::dbus {

// The objects are there as long as the slots. The surface outlives them.
Result<std::vector<Slot>> plant(sd_bus* bus, Surface& surface);

}  // namespace penstock::dbus
