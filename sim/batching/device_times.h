// SPDX-License-Identifier: Apache-2.0
//
// Device times: which devices are free, and when the others will be.

#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace penstock::sim {

// A set of small numbers, searched in their order.
class DeviceSet {
  public:
    static constexpr std::uint32_t none = UINT32_MAX;

    explicit DeviceSet(std::uint32_t devices) : words_((devices + bits - 1) / bits) {}

    void add(std::uint32_t device) { words_[device / bits] |= mask(device); }

    void remove(std::uint32_t device) { words_[device / bits] &= ~mask(device); }

    [[nodiscard]] bool has(std::uint32_t device) const {
        return (words_[device / bits] & mask(device)) != 0;
    }

    // The first one that is not below `from`; `none` when there is none.
    [[nodiscard]] std::uint32_t next(std::uint32_t from) const {
        std::size_t number = from / bits;
        if (number >= words_.size()) {
            return none;
        }
        std::uint64_t word = words_[number] & (~std::uint64_t{0} << (from % bits));
        while (word == 0) {
            if (++number == words_.size()) {
                return none;
            }
            word = words_[number];
        }
        return static_cast<std::uint32_t>(number * bits) +
               static_cast<std::uint32_t>(std::countr_zero(word));
    }

  private:
    static constexpr std::uint32_t bits = 64;

    static std::uint64_t mask(std::uint32_t device) { return std::uint64_t{1} << (device % bits); }

    std::vector<std::uint64_t> words_;
};

// A heap of ends. Of those at one time the device with the lowest number comes first.
class DeviceEnds {
  public:
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

    explicit DeviceEnds(std::uint32_t devices) { heap_.reserve(devices); }

    [[nodiscard]] std::int64_t next() const { return heap_.empty() ? never : heap_.front().at_ns; }

    void add(std::int64_t at_ns, std::uint32_t device) {
        heap_.push_back({.at_ns = at_ns, .device = device});
        std::ranges::push_heap(heap_, &later);
    }

    // There is one.
    std::uint32_t take() {
        std::ranges::pop_heap(heap_, &later);
        const std::uint32_t device = heap_.back().device;
        heap_.pop_back();
        return device;
    }

  private:
    struct End {
        std::int64_t at_ns = 0;
        std::uint32_t device = 0;
    };

    static bool later(const End& a, const End& b) {
        return a.at_ns != b.at_ns ? a.at_ns > b.at_ns : a.device > b.device;
    }

    std::vector<End> heap_{};
};

}  // namespace penstock::sim
