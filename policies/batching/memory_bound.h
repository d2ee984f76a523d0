// SPDX-License-Identifier: Apache-2.0
//
// Memory bound: how many requests a batch may have so that their tokens fit into the device's cache
// with the wanted probability, from the mean and the spread of those that are done.
//
// Pang, Li and Wang's equation 12: b mu + theta sigma sqrt(b) <= capacity, solved for b.

#pragma once

#include <cstdint>

#include "policies/batching/batching_settings.h"

namespace penstock::batching {

class MemoryBound {
  public:
    explicit MemoryBound(const BatchingSettings& settings)
        : bounds_(settings.bounds), capacity_(settings.capacity), theta_(settings.theta) {}

    // A request ended with so many tokens, prompt and output.
    void note(std::uint32_t tokens) {
        ++count_;
        sum_ += tokens;
        squares_ += static_cast<Wide>(tokens) * tokens;
    }

    // While nothing has ended, the largest.
    [[nodiscard]] std::uint32_t bound() const;

  private:
    // The sum of squares times the count needs more than 64 bits.
    __extension__ using Wide = unsigned __int128;

    BatchBounds bounds_;
    std::int64_t capacity_;
    double theta_;
    std::uint64_t count_ = 0;
    std::uint64_t sum_ = 0;
    Wide squares_ = 0;
};

}  // namespace penstock::batching
