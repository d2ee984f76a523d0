// SPDX-License-Identifier: Apache-2.0
//
// DBG_TRAP's part of KFD's ioctl(2) interface: one number for everything that a debugger wants of
// another process, with a structure per operation.

#pragma once

#include <cstddef>
#include <cstdint>

namespace penstock::kfd {

enum class DebugOp : std::uint32_t {
    enable = 0,
    disable = 1,
    send_runtime_event = 2,
    set_exceptions_enabled = 3,
    set_wave_launch_override = 4,
    set_wave_launch_mode = 5,
    suspend_queues = 6,
    resume_queues = 7,
    set_node_address_watch = 8,
    clear_node_address_watch = 9,
    set_flags = 10,
    query_debug_event = 11,
    query_exception_info = 12,
    get_queue_snapshot = 13,
    get_device_snapshot = 14,
};

enum class RuntimeState : std::uint32_t {
    disabled = 0,
    enabled = 1,
    enabled_busy = 2,
    enabled_error = 3
};

struct RuntimeInfo {
    std::uint64_t r_debug = 0;
    std::uint32_t runtime_state = 0;
    std::uint32_t ttmp_setup = 0;
};

// One argument for all operations; the union of the kernel is spelt out per operation.
struct DebugEnable {
    std::uint64_t exception_mask = 0;
    std::uint64_t rinfo_ptr = 0;
    std::uint32_t rinfo_size = 0;  // In and out.
    std::uint32_t dbg_fd = 0;      // Gets one byte per event; a non-blocking pipe's write end.
};

struct DebugSendRuntimeEvent {
    std::uint64_t exception_mask = 0;
    std::uint32_t gpu_id = 0;
    std::uint32_t queue_id = 0;
};

struct DebugSuspendQueues {
    std::uint64_t exception_mask = 0;  // To clear.
    std::uint64_t queue_array_ptr = 0;
    std::uint32_t num_queues = 0;
    std::uint32_t grace_period = 0;
};

struct DebugResumeQueues {
    std::uint64_t queue_array_ptr = 0;
    std::uint32_t num_queues = 0;
    std::uint32_t pad = 0;
};

struct DebugQueryEvent {
    std::uint64_t exception_mask = 0;  // In: to clear; out: raised.
    std::uint32_t gpu_id = 0;
    std::uint32_t queue_id = 0;
};

struct DebugQueueSnapshot {
    std::uint64_t exception_mask = 0;  // To clear.
    std::uint64_t snapshot_buf_ptr = 0;
    std::uint32_t num_queues = 0;  // In: room; out: how many there are.
    std::uint32_t entry_size = 0;  // In: stride; out: bytes filled of each.
};

struct DebugTrap {
    std::uint32_t pid = 0;
    std::uint32_t op = 0;

    union {
        DebugEnable enable;
        DebugSendRuntimeEvent send_runtime_event;
        DebugSuspendQueues suspend_queues;
        DebugResumeQueues resume_queues;
        DebugQueryEvent query_debug_event;
        DebugQueueSnapshot queue_snapshot;
        std::uint64_t words[3] = {};
    };
};

struct QueueSnapshotEntry {
    std::uint64_t exception_status = 0;
    std::uint64_t ring_base_address = 0;
    std::uint64_t write_pointer_address = 0;
    std::uint64_t read_pointer_address = 0;
    std::uint64_t ctx_save_restore_address = 0;
    std::uint32_t queue_id = 0;
    std::uint32_t gpu_id = 0;
    std::uint32_t ring_size = 0;
    std::uint32_t queue_type = 0;
    std::uint32_t ctx_save_restore_area_size = 0;
    std::uint32_t reserved = 0;
};

// Of a topology node's "capability" property.
inline constexpr std::uint32_t capability_trap_debug_support = 0x8000;
inline constexpr std::uint32_t capability_trap_debug_firmware_supported = 0x20000000;

// SUSPEND and RESUME answer in the array they were given.
inline constexpr std::uint32_t queue_invalid_bit = 1U << 31;  // Unknown, new, or being destroyed.
inline constexpr std::uint32_t queue_error_bit = 1U << 30;    // The hardware failed.
inline constexpr std::uint32_t max_queues_per_call = 1024;

// KFD_EC_MASK of the exceptions that something here tells apart.
inline constexpr std::uint64_t exception_queue_new = 1ULL << 30;
inline constexpr std::uint64_t exception_device_queue_delete = 1ULL << 31;
inline constexpr std::uint64_t exception_device_memory_violation = 1ULL << 32;
inline constexpr std::uint64_t exception_process_runtime = 1ULL << 47;

static_assert(sizeof(RuntimeInfo) == 16);
static_assert(sizeof(DebugTrap) == 32 && offsetof(DebugTrap, enable) == 8);
static_assert(offsetof(DebugTrap, suspend_queues.num_queues) == 24 &&
              offsetof(DebugTrap, resume_queues.num_queues) == 16 &&
              offsetof(DebugTrap, enable.dbg_fd) == 28);
static_assert(sizeof(QueueSnapshotEntry) == 64 && offsetof(QueueSnapshotEntry, queue_id) == 40);

}  // namespace penstock::kfd
