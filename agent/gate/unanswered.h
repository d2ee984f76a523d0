// SPDX-License-Identifier: Apache-2.0
//
// Unanswered: the orders that a client still owes an answer, oldest first. Clients answer in order.
//
// It has a fixed size, because a suspension must not allocate.

#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/units.h"
#include "client/protocol/messages.h"

namespace penstock::gate {

class Unanswered {
  public:
    static constexpr std::size_t most = 64;

    struct Item {
        std::uint32_t serial = 0;
        client::Verb verb = client::Verb::resume;
        TimePoint due{};
    };

    [[nodiscard]] bool full() const { return count_ == most; }

    [[nodiscard]] bool empty() const { return count_ == 0; }

    // Only when not full.
    void push(const Item& item) {
        items_[(first_ + count_) % most] = item;
        ++count_;
    }

    // Only when not empty.
    [[nodiscard]] const Item& oldest() const { return items_[first_]; }

    void pop() {
        first_ = (first_ + 1) % most;
        --count_;
    }

  private:
    std::array<Item, most> items_{};
    std::size_t first_ = 0;
    std::size_t count_ = 0;
};

}  // namespace penstock::gate
