// SPDX-License-Identifier: Apache-2.0
//
// Memory rounds: whose memory to ask for next. An owner with queues that executes another program
// may never come here again, so that it is asked for every few milliseconds; the others are when
// they come.

#pragma once

#include <vector>

#include "kmod-helpers/emulator/driver/owner_table.h"

namespace penstock::emulator {

class MemoryRounds {
  public:
    static constexpr Duration period{std::chrono::milliseconds(5)};
    static constexpr std::size_t most_at_once = 64;  // Beyond it, owners take turns.

    // Owners with queues; none before the round is due.
    [[nodiscard]] std::vector<std::uint32_t> next(const OwnerTable& owners, TimePoint now);

    [[nodiscard]] TimePoint due() const { return due_; }

  private:
    TimePoint due_ = TimePoint::min();
    std::uint32_t last_ = 0;
};

}  // namespace penstock::emulator
