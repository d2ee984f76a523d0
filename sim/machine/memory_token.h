// SPDX-License-Identifier: Apache-2.0
//
// Memory token: one process at a time moves memory, in the order in which they got work.
//
// It stands for what came before Penstock, and is what leases are compared with: nobody disturbs
// the holder, and what it does not need of the memory is lost.

#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>

namespace penstock::sim {

class MemoryToken {
  public:
    // The process moves memory from now on, or no longer does. Whoever does so already stays in
    // its place.
    void note(std::uint32_t process, bool moves) {
        const auto place = std::ranges::find(line_, process);
        if (moves && place == line_.end()) {
            line_.push_back(process);
        } else if (!moves && place != line_.end()) {
            line_.erase(place);
        }
    }

    [[nodiscard]] std::optional<std::uint32_t> holder() const {
        return line_.empty() ? std::nullopt : std::optional(line_.front());
    }

  private:
    std::deque<std::uint32_t> line_{};
};

}  // namespace penstock::sim
