// SPDX-License-Identifier: Apache-2.0
//
// Ring queue: a queue in one piece of memory, which also takes back at its front what was taken
// from there. It grows by doubling and never shrinks, so that a steady stream allocates nothing.

#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <utility>
#include <vector>

namespace penstock::batching {

template <typename Item>
class RingQueue {
  public:
    [[nodiscard]] bool empty() const { return count_ == 0; }

    [[nodiscard]] std::size_t size() const { return count_; }

    // There is one.
    [[nodiscard]] const Item& front() const { return items_[first_]; }

    void push_back(const Item& item) {
        make_room();
        items_[place(count_)] = item;
        ++count_;
    }

    void push_front(const Item& item) {
        make_room();
        first_ = place(items_.size() - 1);
        items_[first_] = item;
        ++count_;
    }

    void pop_front() {
        first_ = place(1);
        --count_;
    }

    // Of the numbers from the front on.
    [[nodiscard]] Item& at(std::size_t number) { return items_[place(number)]; }

    void erase(std::size_t number) {
        for (std::size_t next = number + 1; next < count_; ++next) {
            items_[place(next - 1)] = items_[place(next)];
        }
        --count_;
    }

    // The first one of which this is true, wherever it stands. False when there is none.
    template <typename Wanted>
    bool erase_first(Wanted wanted) {
        for (std::size_t number = 0; number < count_; ++number) {
            if (wanted(at(number))) {
                erase(number);
                return true;
            }
        }
        return false;
    }

    // So many more need no memory then.
    void make_room(std::size_t more = 1) {
        if (count_ + more <= items_.size()) {
            return;
        }
        std::vector<Item> larger(std::max(first_size, std::bit_ceil(count_ + more)));
        for (std::size_t number = 0; number < count_; ++number) {
            larger[number] = items_[place(number)];
        }
        items_ = std::move(larger);
        first_ = 0;
    }

  private:
    static constexpr std::size_t first_size = 64;  // A power of 2, as all sizes are.

    [[nodiscard]] std::size_t place(std::size_t number) const {
        return (first_ + number) & (items_.size() - 1);
    }

    std::vector<Item> items_{};
    std::size_t first_ = 0;
    std::size_t count_ = 0;
};

}  // namespace penstock::batching
