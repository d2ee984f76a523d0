// SPDX-License-Identifier: Apache-2.0
//
// org.penstock1.Manager: the agent as a whole.

#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <string>

#include "agent/publish/surface.h"

namespace penstock::dbus {

// Its userdata is a ManagerObject.
[[nodiscard]] const sd_bus_vtable* manager_vtable();

// "degraded" while something is missing, "paused" while preemption is disabled, else "running".
[[nodiscard]] std::string state_of(const ManagerObject& manager);

[[nodiscard]] std::uint32_t process_count(const ManagerObject& manager);

}  // namespace penstock::dbus
