// SPDX-License-Identifier: Apache-2.0
//
// org.penstock1.Package: one object per processor package, with its power, energy and PCIe traffic.

#pragma once

#include <systemd/sd-bus.h>

#include "agent/publish/surface.h"

namespace penstock::dbus {

// Its userdata is a PackageObject.
[[nodiscard]] const sd_bus_vtable* package_vtable();

}  // namespace penstock::dbus
