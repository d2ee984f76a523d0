// SPDX-License-Identifier: Apache-2.0
//
// PacedQueue: what waits because its user has asked for more than his share, in the order in which
// it came, a queue for each user.
//
// Waiting is what slows a busy user down: he gets his answers, later, and what others ask for is
// never behind them. Bounded for each user and in all.

#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "agent/publish/request_quota.h"
#include "base/units.h"

namespace penstock::dbus {

template <typename Item>
class PacedQueue {
  public:
    static constexpr std::size_t most_of_one_user = 256;
    static constexpr std::size_t most = 2048;

    explicit PacedQueue(RequestQuota::Share share) : quota_(share) {}

    // True when it is this user's turn at once. Nothing of his may overtake what waits.
    [[nodiscard]] bool may_pass(std::uint32_t uid, TimePoint now) {
        return !waiting_.contains(uid) && quota_.take(uid, now);
    }

    [[nodiscard]] bool has_room(std::uint32_t uid) const {
        const auto own = waiting_.find(uid);
        return size_ < most && (own == waiting_.end() || own->second.size() < most_of_one_user);
    }

    // There has to be room.
    void hold(std::uint32_t uid, Item item) {
        waiting_[uid].push_back(std::move(item));
        ++size_;
    }

    // Whatever has its turn by now, in order.
    [[nodiscard]] std::vector<Item> take_due(TimePoint now) {
        std::vector<Item> due;
        for (auto& [uid, items] : waiting_) {
            while (!items.empty() && quota_.take(uid, now)) {
                due.push_back(std::move(items.front()));
                items.pop_front();
            }
        }
        size_ -= due.size();
        std::erase_if(waiting_, [](const auto& each) { return each.second.empty(); });
        return due;
    }

    [[nodiscard]] bool empty() const { return size_ == 0; }

  private:
    RequestQuota quota_;
    std::map<std::uint32_t, std::deque<Item>> waiting_{};
    std::size_t size_ = 0;
};

}  // namespace penstock::dbus
