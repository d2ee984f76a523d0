// SPDX-License-Identifier: Apache-2.0
//
// Line: first in, first out, in memory that is kept, so that a simulation that has warmed up
// allocates nothing.

#pragma once

#include <cstddef>
#include <vector>

namespace penstock::sim {

template <typename T>
class Line {
  public:
    [[nodiscard]] bool empty() const { return count_ == 0; }

    [[nodiscard]] std::size_t size() const { return count_; }

    [[nodiscard]] T& front() { return places_[first_]; }

    [[nodiscard]] const T& front() const { return places_[first_]; }

    // The number-th from the front.
    [[nodiscard]] T& at(std::size_t number) {
        return places_[(first_ + number) & (places_.size() - 1)];
    }

    void push(const T& item) {
        if (count_ == places_.size()) {
            grow();
        }
        places_[(first_ + count_) & (places_.size() - 1)] = item;
        ++count_;
    }

    void pop() {
        first_ = (first_ + 1) & (places_.size() - 1);
        --count_;
    }

  private:
    static constexpr std::size_t smallest = 16;

    void grow() {
        std::vector<T> larger(places_.empty() ? smallest : places_.size() * 2);
        for (std::size_t number = 0; number < count_; ++number) {
            larger[number] = at(number);
        }
        places_ = std::move(larger);
        first_ = 0;
    }

    std::vector<T> places_{};  // As many as a power of two.
    std::size_t first_ = 0;
    std::size_t count_ = 0;
};

}  // namespace penstock::sim
