// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/queues/slot_pool.h"

namespace penstock {

SlotPool::SlotPool(std::uint32_t count) : taken_(count, false) {
    for (std::uint32_t slot = 0; slot < count; ++slot) {
        free_.push_back(slot);
    }
}

std::optional<std::uint32_t> SlotPool::take() {
    if (free_.empty()) {
        return std::nullopt;
    }
    const std::uint32_t slot = free_.front();
    free_.pop_front();
    taken_[slot] = true;
    return slot;
}

void SlotPool::give_back(std::uint32_t slot) {
    if (!is_taken(slot)) {
        return;
    }
    taken_[slot] = false;
    free_.push_back(slot);
}

}  // namespace penstock
