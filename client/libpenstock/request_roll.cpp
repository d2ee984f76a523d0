// SPDX-License-Identifier: Apache-2.0

#include "client/libpenstock/request_roll.h"

#include "policies/batching/growth.h"

namespace penstock::client {

std::optional<std::uint32_t> RequestRoll::add(std::int64_t id, std::uint32_t predicted) {
    if (free_.empty()) {
        batching::make_room(free_, entries_.size() + 1);
        entries_.emplace_back();
        free_.push_back(static_cast<std::uint32_t>(entries_.size() - 1));
    }
    const std::uint32_t number = free_.back();
    if (!by_id_.try_emplace(id, number).second) {
        return std::nullopt;
    }
    free_.pop_back();
    entries_[number] = {.id = id, .predicted = predicted};
    return number;
}

std::optional<std::uint32_t> RequestRoll::find(std::int64_t id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? std::nullopt : std::optional(found->second);
}

void RequestRoll::remove(std::uint32_t number) {
    by_id_.erase(entries_[number].id);
    free_.push_back(number);
}

}  // namespace penstock::client
