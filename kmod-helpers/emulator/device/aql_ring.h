// SPDX-License-Identifier: Apache-2.0
//
// AQL ring: the packets of one queue in its client's memory, with two packet counters beside them.
//
// Everything there is untrusted. The ring keeps its own read counter, as the hardware does, so that
// a client can confuse its own queue only: counters that make no sense leave the ring in fault, and
// it recovers when they do again.

#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "kmod-helpers/abi/aql.h"
#include "kmod-helpers/emulator/device.h"

namespace penstock::emulator {

struct Packet {
    aql::PacketType type = aql::PacketType::invalid;
    std::array<std::byte, aql::packet_bytes> bytes{};

    // The packet read as one of the structures of abi/aql.h.
    template <typename Layout>
    [[nodiscard]] Layout as() const {
        return std::bit_cast<Layout>(bytes);
    }
};

// Nothing to execute now, though that may change at any time.
struct RingEmpty {};

// Counters or packets that the hardware would refuse.
struct RingFault {};

class AqlRing {
  public:
    AqlRing(const QueueSetup& setup, ClientMemory& memory) : setup_(setup), memory_(&memory) {}

    // The client may move its ring; the position in it stays.
    void replace(const QueueSetup& setup) { setup_ = setup; }

    // The next packet, left where it is.
    [[nodiscard]] std::variant<RingEmpty, RingFault, Packet> peek();

    // Whether peek() would find nothing, if the client's write counter stands there.
    [[nodiscard]] bool is_empty_at(std::uint64_t write_id) const {
        return placed_ && well_placed() && read_id_ == write_id;
    }

    // Gives the slot of the packet just peeked back to the client: at launch, long before a kernel
    // completes. False when the memory could not be written, and then nothing was consumed.
    [[nodiscard]] bool consume();

  private:
    [[nodiscard]] bool well_placed() const;
    [[nodiscard]] std::optional<std::uint64_t> adopted_read_id(std::uint64_t write_id);
    [[nodiscard]] bool plausible(std::uint64_t read_id, std::uint64_t write_id) const;

    [[nodiscard]] std::uint64_t slots() const { return setup_.ring_bytes / aql::packet_bytes; }

    [[nodiscard]] std::uint64_t next_slot() const;

    QueueSetup setup_;
    ClientMemory* memory_;
    std::uint64_t read_id_ = 0;  // Of the next packet.
    bool placed_ = false;        // Whether the client's counters made sense once.
};

}  // namespace penstock::emulator
