// SPDX-License-Identifier: Apache-2.0
//
// Generation: what a device's gfx version says about how its queues are scheduled and debugged.
//
// Versions are those of the topology: decimal pairs of major, minor and stepping, 90010 for gfx90a.

#pragma once

#include <cstdint>
#include <string_view>

namespace penstock::doctor {

// What puts queues on a device.
enum class Scheduler : std::uint8_t {
    unknown,
    none,  // The driver itself.
    hws,   // Firmware with one runlist: each suspension reloads everybody's queues.
    mes,   // Firmware that takes queues one by one.
};

[[nodiscard]] std::string_view text_of(Scheduler scheduler);

// With the driver's usual settings.
[[nodiscard]] Scheduler scheduler_of(std::uint32_t version);

// Whether the device can write running waves to memory and bring them back.
[[nodiscard]] bool saves_waves(std::uint32_t version);

// Whether the driver's debugger interface knows such devices.
[[nodiscard]] bool can_be_debugged(std::uint32_t version);

// Parts with one debug slot take it from the address spaces; the others have one in each.
[[nodiscard]] bool has_one_debug_slot(std::uint32_t version);

// RDNA3's first generation: a defect makes the driver turn half of the compute units off for a
// process that is debugged.
[[nodiscard]] bool loses_half_when_debugged(std::uint32_t version);

}  // namespace penstock::doctor
