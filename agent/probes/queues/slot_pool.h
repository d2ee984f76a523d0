// SPDX-License-Identifier: Apache-2.0
//
// SlotPool: hands out the numbers of watch slots.
//
// The slot that has been free for longest comes first: a late event that still names a former
// user's queue then finds nobody for as long as possible.

#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace penstock {

class SlotPool {
  public:
    explicit SlotPool(std::uint32_t count);

    // Nothing when all are taken: such a queue is sampled instead.
    [[nodiscard]] std::optional<std::uint32_t> take();

    // Ignored for a slot that is not taken.
    void give_back(std::uint32_t slot);

    [[nodiscard]] bool is_taken(std::uint32_t slot) const {
        return slot < taken_.size() && taken_[slot];
    }

  private:
    std::deque<std::uint32_t> free_;
    std::vector<bool> taken_;
};

}  // namespace penstock
