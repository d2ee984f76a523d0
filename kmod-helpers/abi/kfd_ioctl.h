// SPDX-License-Identifier: Apache-2.0
//
// KFD's ioctl(2) interface, in our own words: Debian 12's <linux/kfd_ioctl.h> is of ABI 1.11 and
// knows neither DBG_TRAP nor RUNTIME_ENABLE. Numbers and layouts are those of Linux 6.12
// (ABI 1.17); every offset is asserted at the end.
//
// The driver dispatches on _IOC_NR alone and accepts any argument size: callers built against other
// headers pass shorter or longer structures, which it zero-fills or cuts. DBG_TRAP's structures are
// in kfd_debug.h.

#pragma once

#include <linux/ioctl.h>

#include <cstddef>
#include <cstdint>

#include "kmod-helpers/abi/kfd_debug.h"

namespace penstock::kfd {

inline constexpr std::uint32_t abi_major = 1;
inline constexpr std::uint32_t abi_minor_criu = 7;  // First with CRIU_OP.
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

// Acts on the process that opened the file, whoever calls. PROCESS_INFO evicts all of its queues,
// and nothing brings them back but UNPAUSE: not even the caller's death.
enum class CriuOp : std::uint32_t {
    process_info = 0,
    checkpoint = 1,
    unpause = 2,
    restore = 3,
    resume = 4,
};

struct Criu {
    std::uint64_t devices = 0;
    std::uint64_t bos = 0;
    std::uint64_t priv_data = 0;
    std::uint64_t priv_data_size = 0;  // PROCESS_INFO's answer, as the counts below.
    std::uint32_t num_devices = 0;
    std::uint32_t num_bos = 0;
    std::uint32_t num_objects = 0;
    std::uint32_t pid = 0;  // Out.
    std::uint32_t op = 0;
    std::uint32_t pad = 0;
};

struct RuntimeEnable {
    std::uint64_t r_debug = 0;
    std::uint32_t mode_mask = 0;  // Bit 0 enable, bit 1 ttmp setup.
    std::uint32_t capabilities_mask = 0;
};

inline constexpr std::uint32_t runtime_enable_mode_enable = 1;
inline constexpr std::uint32_t runtime_enable_mode_ttmp_save = 2;

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
static_assert(sizeof(WaitEvents) == 24 && sizeof(RuntimeEnable) == 16);
static_assert(sizeof(Criu) == 56 && offsetof(Criu, bos) == 8 && offsetof(Criu, priv_data) == 16 &&
              offsetof(Criu, priv_data_size) == 24 && offsetof(Criu, num_devices) == 32 &&
              offsetof(Criu, num_bos) == 36 && offsetof(Criu, num_objects) == 40 &&
              offsetof(Criu, pid) == 44 && offsetof(Criu, op) == 48);
static_assert(request<DebugTrap>(Nr::debug_trap) == 0xc0204b26);
static_assert(request<Criu>(Nr::criu_op) == 0xc0384b22);

}  // namespace penstock::kfd
