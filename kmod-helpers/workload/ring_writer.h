// SPDX-License-Identifier: Apache-2.0
//
// RingWriter: puts packets into an AQL ring in the order the HSA specification gives: reserve slots
// by moving write_dispatch_id, fill them, and publish each by its header last.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kmod-helpers/abi/aql.h"

namespace penstock::workload {

class RingWriter {
  public:
    // `ring` is a power of two of packets; `counters` reaches past read_dispatch_id. Both stay the
    // caller's. Marks every slot as not written yet.
    RingWriter(std::span<std::byte> ring, std::span<std::byte> counters);

    [[nodiscard]] std::uint64_t capacity() const { return ring_.size() / aql::packet_bytes; }

    [[nodiscard]] std::uint64_t written() const { return written_; }

    // Asks the device's counter, which another party writes: not trusted to be sensible.
    [[nodiscard]] bool has_room(std::uint64_t packets) const;

    // Moves write_dispatch_id over `packets` slots and returns the first one's index. The device
    // and whoever watches sees the queue become busy here.
    std::uint64_t reserve(std::uint64_t packets);

    void publish(std::uint64_t index, const aql::KernelDispatch& packet);

  private:
    std::span<std::byte> ring_;
    std::uint64_t* write_dispatch_id_;
    const std::uint64_t* read_dispatch_id_;
    std::uint64_t written_ = 0;
};

}  // namespace penstock::workload
