// SPDX-License-Identifier: Apache-2.0
//
// org.penstock1.Process: one object per process incarnation that has queues.

#pragma once

#include <systemd/sd-bus.h>

namespace penstock::dbus {

// Its userdata is a ProcessObject.
[[nodiscard]] const sd_bus_vtable* process_vtable();

}  // namespace penstock::dbus
