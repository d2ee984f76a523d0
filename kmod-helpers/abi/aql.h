// SPDX-License-Identifier: Apache-2.0
//
// AQL: the packets, queue counters and signals of the HSA Platform System Architecture 1.2 as they
// lie in a process' memory, in our own words.

#pragma once

#include <cstddef>
#include <cstdint>

namespace penstock::aql {

inline constexpr std::size_t packet_bytes = 64;

enum class PacketType : std::uint8_t {
    vendor_specific = 0,
    invalid = 1,  // The slot is not written yet; the packet processor waits.
    kernel_dispatch = 2,
    barrier_and = 3,
    agent_dispatch = 4,
    barrier_or = 5,
};

// Header: bits 0..7 type, 8 barrier, 9..10 acquire scope, 11..12 release scope.
inline constexpr std::uint16_t header_barrier_bit = 1U << 8;
inline constexpr std::uint16_t header_system_scopes = (2U << 9) | (2U << 11);

struct KernelDispatch {
    std::uint16_t header = 0;
    std::uint16_t setup = 0;
    std::uint16_t workgroup_size[3] = {};
    std::uint16_t reserved0 = 0;
    std::uint32_t grid_size[3] = {};
    std::uint32_t private_segment_bytes = 0;
    std::uint32_t group_segment_bytes = 0;
    std::uint64_t kernel_object = 0;
    std::uint64_t kernarg_address = 0;
    std::uint64_t reserved2 = 0;
    std::uint64_t completion_signal = 0;  // Address of a Signal, or 0.
};

struct Barrier {
    std::uint16_t header = 0;
    std::uint16_t reserved0 = 0;
    std::uint32_t reserved1 = 0;
    std::uint64_t dependencies[5] = {};  // Addresses of Signals, or 0.
    std::uint64_t reserved2 = 0;
    std::uint64_t completion_signal = 0;
};

// amd_signal_t, 64 bytes.
struct Signal {
    std::int64_t kind = 1;                // 1: user signal.
    std::int64_t value = 0;               // Decremented on completion.
    std::uint64_t event_mailbox_ptr = 0;  // Where event_id is written to, or 0.
    std::uint32_t event_id = 0;
    std::uint32_t reserved1 = 0;
    std::uint64_t start_ts = 0;
    std::uint64_t end_ts = 0;
    std::uint64_t reserved2 = 0;
    std::uint32_t reserved3[2] = {};
};

// The part of amd_queue_t whose addresses CREATE_QUEUE is given. Both count packets and only rise.
inline constexpr std::size_t write_dispatch_id_offset = 0x38;
inline constexpr std::size_t read_dispatch_id_offset = 0x80;

static_assert(sizeof(KernelDispatch) == packet_bytes && sizeof(Barrier) == packet_bytes);
static_assert(offsetof(KernelDispatch, kernarg_address) == 40 &&
              offsetof(KernelDispatch, completion_signal) == 56);
static_assert(sizeof(Signal) == 64 && offsetof(Signal, event_mailbox_ptr) == 16);

}  // namespace penstock::aql
