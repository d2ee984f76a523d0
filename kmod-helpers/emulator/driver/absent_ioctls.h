// SPDX-License-Identifier: Apache-2.0
//
// Absent ioctls: the driver's calls that are not emulated, mostly those of memory. They fail as
// they do when they name a device that does not exist, and in the driver's order of checks.

#pragma once

#include <array>

#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

enum class Absent : std::uint8_t {
    set_memory_policy = 0x04,
    get_process_apertures = 0x06,
    debug_register = 0x0d,
    debug_unregister = 0x0e,
    debug_address_watch = 0x0f,
    debug_wave_control = 0x10,
    set_scratch_backing = 0x11,
    get_tile_config = 0x12,
    set_trap_handler = 0x13,
    get_process_apertures_new = 0x14,
    acquire_vm = 0x15,
    alloc_memory = 0x16,
    free_memory = 0x17,
    map_memory = 0x18,
    unmap_memory = 0x19,
    get_queue_wave_state = 0x1b,
    get_dmabuf_info = 0x1c,
    import_dmabuf = 0x1d,
    alloc_queue_gws = 0x1e,
    smi_events = 0x1f,
    shared_virtual_memory = 0x20,
    set_xnack_mode = 0x21,
    available_memory = 0x23,
    export_dmabuf = 0x24,
};

// As far as any of them is looked at; what the caller did not pass reads as zero.
struct AbsentArgument {
    std::array<std::uint32_t, 100> words{};
};

// Any device is unknown to a process that has no memory on it.
Verdict refuse_unknown_device(Request& request, AbsentArgument& argument);
// What this kernel no longer allows, or was not built with.
Verdict refuse_obsolete(Request& request, AbsentArgument& argument);
Verdict tell_no_apertures(Request& request, AbsentArgument& argument);
Verdict tell_no_new_apertures(Request& request, AbsentArgument& argument);
Verdict refuse_mapping(Request& request, AbsentArgument& argument);
Verdict refuse_wave_state(Request& request, AbsentArgument& argument);
Verdict refuse_shared_memory(Request& request, AbsentArgument& argument);

}  // namespace penstock::emulator
