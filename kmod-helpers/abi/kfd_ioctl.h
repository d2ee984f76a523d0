// SPDX-License-Identifier: Apache-2.0
//
// KFD's ioctl(2) interface, in our own words: Debian 12's <linux/kfd_ioctl.h> is of ABI 1.11 and
// knows neither DBG_TRAP nor RUNTIME_ENABLE. Numbers and layouts are those of Linux 6.12
// (ABI 1.17); every offset is asserted at the end.
//
// The driver dispatches on _IOC_NR alone and accepts any argument size: callers built against other
// headers pass shorter or longer structures, which it zero-fills or cuts.

#pragma once

#include <linux/ioctl.h>

#include <cstddef>
#include <cstdint>

namespace penstock::kfd {

inline constexpr std::uint32_t abi_major = 1;
inline constexpr std::uint32_t abi_minor_debug_trap =
    13;  // First with DBG_TRAP and RUNTIME_ENABLE.

enum class Nr : std::uint32_t {
    get_version = 0x01,
    create_queue = 0x02,
    destroy_queue = 0x03,
    set_memory_policy = 0x04,
    get_clock_counters = 0x05,
    update_queue = 0x07,
    create_event = 0x08,
    destroy_event = 0x09,
    set_event = 0x0a,
    reset_event = 0x0b,
    wait_events = 0x0c,
    set_cu_mask = 0x1a,
    criu_op = 0x22,
    runtime_enable = 0x25,
    debug_trap = 0x26,
};

struct GetVersion {
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
};

struct CreateQueue {
    std::uint64_t ring_base_address = 0;
    std::uint64_t write_pointer_address = 0;
    std::uint64_t read_pointer_address = 0;
    std::uint64_t doorbell_offset = 0;  // Out.
    std::uint32_t ring_size = 0;        // Bytes, a power of two.
    std::uint32_t gpu_id = 0;
    std::uint32_t queue_type = 0;
    std::uint32_t queue_percentage = 0;  // 0..100; 0 is not scheduled.
    std::uint32_t queue_priority = 0;    // 0..15.
    std::uint32_t queue_id = 0;          // Out; per process.
    std::uint64_t eop_buffer_address = 0;
    std::uint64_t eop_buffer_size = 0;
    std::uint64_t ctx_save_restore_address = 0;
    std::uint32_t ctx_save_restore_size = 0;
    std::uint32_t ctl_stack_size = 0;
    std::uint32_t sdma_engine_id = 0;  // Since 6.12; older callers end before it.
    std::uint32_t pad = 0;
};

inline constexpr std::uint32_t queue_type_compute = 0;
inline constexpr std::uint32_t queue_type_sdma = 1;
inline constexpr std::uint32_t queue_type_compute_aql = 2;
inline constexpr std::uint32_t queue_type_sdma_xgmi = 3;
inline constexpr std::uint32_t queue_type_sdma_by_engine = 4;
inline constexpr std::uint32_t max_queue_priority = 15;
inline constexpr std::uint32_t max_queue_percentage = 100;
inline constexpr std::uint32_t max_queues_per_process = 1024;

struct DestroyQueue {
    std::uint32_t queue_id = 0;
    std::uint32_t pad = 0;
};

// Replaces all four properties: a caller passes the original ring along.
struct UpdateQueue {
    std::uint64_t ring_base_address = 0;
    std::uint32_t queue_id = 0;
    std::uint32_t ring_size = 0;
    std::uint32_t queue_percentage = 0;
    std::uint32_t queue_priority = 0;
};

struct SetCuMask {
    std::uint32_t queue_id = 0;
    std::uint32_t num_cu_mask = 0;  // Bits, a multiple of 32.
    std::uint64_t cu_mask_ptr = 0;
};

struct CreateEvent {
    std::uint64_t event_page_offset = 0;   // Out.
    std::uint32_t event_trigger_data = 0;  // Out.
    std::uint32_t event_type = 0;          // 0: signal.
    std::uint32_t auto_reset = 0;
    std::uint32_t node_id = 0;
    std::uint32_t event_id = 0;          // Out.
    std::uint32_t event_slot_index = 0;  // Out.
};

// DESTROY_EVENT, SET_EVENT and RESET_EVENT.
struct EventNamed {
    std::uint32_t event_id = 0;
    std::uint32_t pad = 0;
};

struct EventData {
    std::uint64_t detail[4] = {};  // Meaningful for other event types than signals.
    std::uint64_t ext = 0;
    std::uint32_t event_id = 0;
    std::uint32_t pad = 0;
};

struct WaitEvents {
    std::uint64_t events_ptr = 0;  // EventData[num_events].
    std::uint32_t num_events = 0;
    std::uint32_t wait_for_all = 0;
    std::uint32_t timeout = 0;      // ms; 0xffffffff for ever.
    std::uint32_t wait_result = 0;  // Out: 0 complete, 1 timed out, 2 failed.
};

struct RuntimeEnable {
    std::uint64_t r_debug = 0;
    std::uint32_t mode_mask = 0;  // Bit 0 enable, bit 1 ttmp setup.
    std::uint32_t capabilities_mask = 0;
};

inline constexpr std::uint32_t runtime_enable_mode_enable = 1;
inline constexpr std::uint32_t runtime_enable_mode_ttmp_save = 2;

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

// SUSPEND and RESUME answer in the array they were given.
inline constexpr std::uint32_t queue_invalid_bit = 1U << 31;  // Unknown, new, or being destroyed.
inline constexpr std::uint32_t queue_error_bit = 1U << 30;    // The hardware failed.
inline constexpr std::uint32_t max_queues_per_call = 1024;

// KFD_EC_MASK of the exceptions we subscribe to.
inline constexpr std::uint64_t exception_queue_new = 1ULL << 30;
inline constexpr std::uint64_t exception_device_queue_delete = 1ULL << 31;
inline constexpr std::uint64_t exception_process_runtime = 1ULL << 47;

inline constexpr unsigned ioctl_type = 'K';

template <typename Argument>
[[nodiscard]] constexpr unsigned long request(Nr nr) {
    return _IOC(
        _IOC_READ | _IOC_WRITE, ioctl_type, static_cast<std::uint32_t>(nr), sizeof(Argument));
}

static_assert(sizeof(GetVersion) == 8);
static_assert(sizeof(CreateQueue) == 96 && offsetof(CreateQueue, ring_size) == 32 &&
              offsetof(CreateQueue, queue_type) == 40 && offsetof(CreateQueue, queue_id) == 52 &&
              offsetof(CreateQueue, eop_buffer_address) == 56 &&
              offsetof(CreateQueue, ctx_save_restore_address) == 72 &&
              offsetof(CreateQueue, sdma_engine_id) == 88);
static_assert(sizeof(UpdateQueue) == 24 && offsetof(UpdateQueue, queue_percentage) == 16);
static_assert(sizeof(SetCuMask) == 16 && sizeof(CreateEvent) == 32 && sizeof(EventData) == 48);
static_assert(sizeof(WaitEvents) == 24 && sizeof(RuntimeEnable) == 16 && sizeof(RuntimeInfo) == 16);
static_assert(sizeof(DebugTrap) == 32 && offsetof(DebugTrap, enable) == 8);
static_assert(offsetof(DebugTrap, suspend_queues.num_queues) == 24 &&
              offsetof(DebugTrap, resume_queues.num_queues) == 16 &&
              offsetof(DebugTrap, enable.dbg_fd) == 28);
static_assert(sizeof(QueueSnapshotEntry) == 64 && offsetof(QueueSnapshotEntry, queue_id) == 40);
static_assert(request<DebugTrap>(Nr::debug_trap) == 0xc0204b26);

}  // namespace penstock::kfd
