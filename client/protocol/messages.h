// SPDX-License-Identifier: Apache-2.0
//
// Client protocol: what a cooperating process and Penstock say to each other.
//
// One SOCK_SEQPACKET connection per process, one fixed-size record per packet, integers in the
// machine's byte order. It opens with the client's Hello, which the agent answers with Welcome or
// Refused. From then on the gate sends Orders, each answered by one Done, in order of arrival. When
// either end hangs up, the client undoes every order that still stands: its queues run again,
// without limit, at their own priority and on all compute units.
//
// An order for all queues of a device holds for those that appear later too, until its opposite.
// What a client is not able to do it answers with EOPNOTSUPP. An order may find what it asks for
// already done, which is no error.
//
// Versions: each end names the oldest and the newest that it speaks; the connection speaks the
// highest in both ranges. A later version may add verbs, abilities and limits, and give meaning to
// reserved bytes, which are sent as 0 and not looked at. No record ever changes its size.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace penstock::client {

inline constexpr std::uint32_t magic = 0x4b545350;  // "PSTK".
inline constexpr std::uint16_t oldest_version = 1;
inline constexpr std::uint16_t newest_version = 1;
inline constexpr std::uint32_t all_queues = 0xffffffff;
inline constexpr std::uint32_t highest_priority = 15;
inline constexpr std::uint32_t own_priority = 255;  // The one the program gave its queue.
inline constexpr std::uint32_t most_units = 1024;   // The driver looks at no more bits of a mask.
inline constexpr std::uint32_t answer_within_ms = 100;
inline constexpr const char* default_socket = "/run/penstock/client.sock";
inline constexpr std::size_t longest_name = 32;     // Bytes, with the final 0.
inline constexpr std::size_t longest_reason = 224;  // Bytes, with the final 0.

enum class Type : std::uint8_t { hello = 1, welcome = 2, refused = 3, order = 4, done = 5 };

// What a client can do with its own queues, as bits.
enum class Ability : std::uint8_t {
    save = 1U << 0,            // Takes a queue off the device with its waves saved (UPDATE_QUEUE).
    limit_launches = 1U << 1,  // Bounds how many packets of a queue are in flight.
    set_priority = 1U << 2,    // UPDATE_QUEUE with another queue_priority.
    set_units = 1U << 3,       // SET_CU_MASK.
};

enum class Verb : std::uint8_t {
    suspend = 1,         // Answered once the queues are off the device, or their launches held.
    resume = 2,          // Answered once they may run.
    limit_launches = 3,  // value: packets in flight per queue, 0 for no limit.
    set_priority = 4,    // value: 0..15, or own_priority.
    set_units = 5,       // value: first compute unit; count: how many, 0 for all.
};

struct Hello {
    std::uint32_t type = static_cast<std::uint32_t>(Type::hello);
    std::uint32_t magic = client::magic;
    std::uint16_t oldest = oldest_version;
    std::uint16_t newest = newest_version;
    std::uint32_t abilities = 0;               // Bits of Ability; unknown ones are not looked at.
    std::array<char, longest_name> library{};  // "libpenstock-hsa 0.1"; printable ASCII.
    std::array<std::uint32_t, 4> reserved{};
};

struct Welcome {
    std::uint32_t type = static_cast<std::uint32_t>(Type::welcome);
    std::uint16_t version = newest_version;
    std::uint16_t reserved0 = 0;
    // Later than that, the client counts as not cooperating.
    std::uint32_t answer_within_ms = client::answer_within_ms;
    std::array<std::uint32_t, 5> reserved{};
};

struct Refused {
    std::uint32_t type = static_cast<std::uint32_t>(Type::refused);
    std::int32_t error = 0;  // errno.
    std::array<char, longest_reason> reason{};
};

struct Order {
    std::uint32_t type = static_cast<std::uint32_t>(Type::order);
    std::uint32_t serial = 0;
    std::uint32_t verb = 0;            // Verb.
    std::uint32_t gpu_id = 0;          // KFD's.
    std::uint32_t queue = all_queues;  // KFD's queue number; by default all on the device.
    std::uint32_t value = 0;
    std::uint32_t count = 0;
    std::uint32_t reserved = 0;
};

struct Done {
    std::uint32_t type = static_cast<std::uint32_t>(Type::done);
    std::uint32_t serial = 0;   // Of the order.
    std::int32_t error = 0;     // errno; 0 when it was carried out.
    std::uint32_t reached = 0;  // Queues.
    std::array<std::uint32_t, 4> reserved{};
};

static_assert(sizeof(Hello) == 64 && sizeof(Welcome) == 32 && sizeof(Refused) == 232);
static_assert(sizeof(Order) == 32 && sizeof(Done) == 32);

}  // namespace penstock::client
