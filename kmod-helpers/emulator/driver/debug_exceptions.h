// SPDX-License-Identifier: Apache-2.0
//
// Debug exceptions: the calls of DBG_TRAP that ask about a single exception, or about devices and
// the exceptions on them.

#pragma once

#include <array>

#include "kmod-helpers/emulator/driver/request.h"

namespace penstock::emulator {

struct ExceptionQuery {
    std::uint64_t info_address = 0;
    std::uint32_t info_bytes = 0;  // In: room; out: how long it is.
    std::uint32_t source = 0;      // A queue's number or a gpu_id, by the kind of exception.
    std::uint32_t code = 0;        // 1 for the lowest bit of a mask.
    std::uint32_t clears = 0;
};

struct DeviceSnapshot {
    std::uint64_t clear_mask = 0;
    std::uint64_t address = 0;
    std::uint32_t count = 0;        // In: room; out: how many there are.
    std::uint32_t entry_bytes = 0;  // In: stride; out: bytes filled of each.
};

// What is told of a device; more than this is not modelled and reads as zero.
struct DeviceSnapshotEntry {
    std::uint64_t exception_status = 0;
    std::array<std::uint64_t, 6> apertures{};
    std::uint32_t gpu_id = 0;
    std::array<std::uint32_t, 7> identity{};
    std::uint32_t gfx_target_version = 0;
    std::array<std::uint32_t, 7> layout{};
};

static_assert(sizeof(DeviceSnapshotEntry) == 120);

Verdict query_exception(Request& request, Owner& target, ExceptionQuery& argument);
Verdict snapshot_devices(Request& request, Owner& target, DeviceSnapshot& argument);

}  // namespace penstock::emulator
