// SPDX-License-Identifier: Apache-2.0
//
// Gate wire: the messages between agent and gate, and their bytes.
//
// The two talk over a SOCK_SEQPACKET pair, so one message is one datagram. Both ends are ours and
// of one version (Hello says which), but decode() still checks every length and every enumerator:
// the gate holds CAP_SYS_PTRACE and believes nobody. Integers are in the machine's byte order.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "policies/decision.h"

namespace penstock::wire {

inline constexpr std::uint32_t version = 7;
inline constexpr std::size_t longest_message = 128 * 1024;  // Bytes.
inline constexpr std::size_t longest_text = 1024;           // Bytes, in any one string.
inline constexpr std::uint32_t most_places = most_owners;   // In an order, all parts together.
inline constexpr std::uint32_t no_slot = 0xffffffff;

// ---- agent to gate ----

// First message. With two descriptors attached: the ring buffer of pointer moves and the table of
// watch slots, both BPF maps the gate only maps into memory. With none, the gate samples instead.
struct Hello {
    std::uint32_t version = wire::version;
    std::uint64_t sampling_period_ns = 0;  // For queues that BPF can not watch.
    std::uint64_t ring_bytes = 0;          // Size of the ring's data area; 0 without descriptors.
    std::uint32_t slot_count = 0;
};

// Takes a process into care, on the best rung that works. With one descriptor attached, its pidfd.
// Again for an owner in care: tries to climb.
struct Adopt {
    OwnerId owner{};
    std::uint32_t pid = 0;
    bool may_evict = false;  // A rule of the administrator allows process-evict for it.
};

// The owner's process cooperates. With one descriptor attached, the socket to it, on which the gate
// now speaks client::Order; the agent keeps no copy, so that the client notices the gate's death.
struct Cooperate {
    OwnerId owner{};
    std::uint32_t abilities = 0;  // Bits of client::Ability.
};

struct QueueAt {
    QueueKey key{};
    QueueType type = QueueType::unknown;
    std::uint64_t ring_address = 0;   // In the owner's memory, as claimed at creation.
    std::uint64_t write_address = 0;  // Of write_dispatch_id.
    std::uint64_t read_address = 0;   // Of read_dispatch_id.
    std::uint32_t ring_bytes = 0;
    std::uint32_t slot = no_slot;  // Its watch slot, if BPF looks at it.
};

// A queue appeared that the agent learnt of (BPF), or its watch slot changed.
struct AddQueue {
    QueueAt queue{};
};

struct RemoveQueue {
    QueueKey key{};
};

// Resumes the owner and lets it go.
struct Release {
    OwnerId owner{};
};

// An order, or a part of one: those for thousands of owners take several messages (order_parts.h).
struct Order {
    DeviceOrder order{};
    std::uint32_t first = 0;  // Of how many owners the parts before it tell.
    bool goes_on = false;     // Another part follows.
};

// Forgets every order and resumes everybody; answered by AllResumed.
struct ResumeAll {
    std::uint64_t serial = 0;
};

// Answered by Sampled.
struct TakeSamples {
    std::uint64_t serial = 0;
};

struct Ping {
    std::uint64_t serial = 0;
};

using ToGate = std::variant<Hello,
                            Adopt,
                            AddQueue,
                            RemoveQueue,
                            Release,
                            Order,
                            ResumeAll,
                            TakeSamples,
                            Ping,
                            Cooperate>;

// ---- gate to agent ----

struct Ready {
    std::uint32_t version = wire::version;
    std::uint32_t kfd_major = 0;  // 0 when there is no device to open.
    std::uint32_t kfd_minor = 0;
    std::string trouble{};  // Why the gate can not suspend anything, or "".
};

// The answer to Adopt, or news when the rung of an owner changes later.
struct Adopted {
    OwnerId owner{};
    PreemptionLevel level = PreemptionLevel::none;
    std::string reason{};
    std::string program{};  // The path of what it executes; "" when nobody can tell.
};

// A queue that the driver's snapshot shows. The agent may know it already.
struct FoundQueue {
    QueueAt queue{};
};

// A suspend or resume that was carried out or failed. All times CLOCK_MONOTONIC, in ns.
struct Acted {
    OwnerId owner{};
    GpuId gpu{};
    Verb verb = Verb::resume;
    Reason reason = Reason::release;
    std::int32_t error = 0;             // errno, 0 when done.
    std::uint32_t queue = every_queue;  // Or the one that it was about.
    std::uint32_t queues = 0;           // How many queues it reached.
    OwnerId cause{};                    // Whose pointer move led to it; 0 for none.
    std::uint64_t written = 0;          // That pointer's value.
    std::int64_t seen_ns = 0;           // When BPF (or the sampler) saw the move; 0 for none.
    std::int64_t woken_ns = 0;          // When the gate took the event up.
    std::int64_t entered_ns = 0;        // Just before ioctl(2).
    std::int64_t done_ns = 0;           // Just after it.
};

struct SampledQueue {
    QueueKey key{};
    bool known = false;  // False: the memory could not be read, or its claims make no sense.
    std::uint64_t written = 0;
    std::uint64_t read = 0;
};

struct Sampled {
    std::uint64_t serial = 0;
    std::vector<SampledQueue> queues{};
};

struct AllResumed {
    std::uint64_t serial = 0;
    std::uint32_t queues = 0;
};

struct Pong {
    std::uint64_t serial = 0;
};

// Something a person should read.
struct Said {
    std::uint8_t severity = 6;  // As in syslog.
    std::string line{};
};

using FromGate = std::variant<Ready, Adopted, FoundQueue, Acted, Sampled, AllResumed, Pong, Said>;

// Encoding can not fail: lists are cut at what fits longest_message, strings at longest_text.
[[nodiscard]] std::vector<std::byte> encode(const ToGate& message);
[[nodiscard]] std::vector<std::byte> encode(const FromGate& message);

[[nodiscard]] Result<ToGate> decode_to_gate(std::span<const std::byte> bytes);
[[nodiscard]] Result<FromGate> decode_from_gate(std::span<const std::byte> bytes);

}  // namespace penstock::wire
