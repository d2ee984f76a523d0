// SPDX-License-Identifier: Apache-2.0
//
// Surface update: makes the surface show a new snapshot, and announces the difference.

#pragma once

#include "agent/publish/announcer.h"
#include "agent/publish/surface.h"

namespace penstock::dbus {

// Objects vanish before others appear, so that a pid used again never names two at once.
void show(Surface& surface, const Snapshot& snapshot, Announcer& announcer);

}  // namespace penstock::dbus
