// SPDX-License-Identifier: Apache-2.0
//
// PointerRing: the moves that BPF saw, taken from memory the gate shares with the program.
//
// Both descriptors come from the agent. After open() the fast path has no system call but the
// caller's own wait: moves are read and slots armed in mapped memory, and no CAP_BPF is needed.

#pragma once

#include <cstdint>

#include "agent/gate/pointer_moves.h"
#include "base/mapping.h"
#include "base/ring_reader.h"

namespace penstock {

class PointerRing final : public gate::PointerMoves {
  public:
    // `ring_bytes` and `slot_count` are the sizes the maps were made with.
    static Result<PointerRing> open(Fd ring,
                                    const Fd& slots,
                                    std::size_t ring_bytes,
                                    std::uint32_t slot_count);

    [[nodiscard]] int fd() const override { return ring_.fd(); }

    std::size_t take(std::span<gate::PointerMove> into) override;

    // Ignored for a slot that does not exist.
    void arm(std::uint32_t slot) override;

    // Records that were no moves: another size, or a slot that does not exist.
    [[nodiscard]] std::uint64_t rejected() const { return rejected_; }

  private:
    PointerRing(RingReader ring, Mapping slots, std::uint32_t slot_count)
        : ring_(std::move(ring)), slots_(std::move(slots)), slot_count_(slot_count) {}

    RingReader ring_;
    Mapping slots_;
    std::uint32_t slot_count_;
    std::uint64_t rejected_ = 0;
};

}  // namespace penstock
