// SPDX-License-Identifier: Apache-2.0
//
// org.penstock1.MemoryNode: one object per memory node, with its DRAM traffic.

#pragma once

#include <systemd/sd-bus.h>

#include <string>
#include <vector>

#include "agent/publish/surface.h"

namespace penstock::dbus {

// Its userdata is a MemoryObject.
[[nodiscard]] const sd_bus_vtable* memory_vtable();

// Of all leases of the node together.
[[nodiscard]] std::uint64_t leased_of(const MemoryObject& memory);

// Where the known rates come from; empty when none is known.
[[nodiscard]] std::vector<std::string> sources_of(const MemoryObject& memory);

// "" while the peak is unknown.
[[nodiscard]] std::string peak_source_of(const MemoryObject& memory);

}  // namespace penstock::dbus
