// SPDX-License-Identifier: Apache-2.0
//
// org.penstock1.Gpu: one object per device, with its PCIe traffic and what preemption costs on it.

#pragma once

#include <systemd/sd-bus.h>

namespace penstock::dbus {

// Its userdata is a GpuObject.
[[nodiscard]] const sd_bus_vtable* gpu_vtable();

}  // namespace penstock::dbus
