// SPDX-License-Identifier: Apache-2.0
//
// PointerMoves: the gate's view of write pointers that BPF saw move. The program puts the ring
// buffer behind it, a test a list.

#pragma once

#include <cstdint>
#include <span>

#include "base/units.h"

namespace penstock::gate {

struct PointerMove {
    std::uint32_t slot = 0;
    std::uint64_t written = 0;
    TimePoint seen{};
};

class PointerMoves {
  public:
    virtual ~PointerMoves() = default;

    // Readable when there are moves to take.
    [[nodiscard]] virtual int fd() const = 0;

    // Takes up to `into.size()` moves and returns how many.
    virtual std::size_t take(std::span<PointerMove> into) = 0;

    // Asks for the slot's next move. The caller then looks at the pointer once itself: a move
    // between its last look and this call is not reported.
    virtual void arm(std::uint32_t slot) = 0;
};

}  // namespace penstock::gate
