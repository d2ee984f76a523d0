// SPDX-License-Identifier: Apache-2.0
//
// Distribution: how a quantity was spread, in bounded memory.
//
// Mean and extremes are exact. Quantiles come from a histogram whose classes are a thousandth of
// their value wide, and are right to half of that.

#pragma once

#include <cstdint>
#include <vector>

namespace penstock::sim {

class Distribution {
  public:
    Distribution();

    // Negative numbers count as 0.
    void add(std::int64_t value);

    [[nodiscard]] std::uint64_t count() const { return count_; }

    // What the other one was told counts here as well.
    void add(const Distribution& other);

    // These are 0 while there is nothing.
    [[nodiscard]] double mean() const;

    [[nodiscard]] std::int64_t most() const { return most_; }

    [[nodiscard]] std::int64_t quantile(double share) const;

  private:
    std::vector<std::uint32_t> classes_;
    std::uint64_t count_ = 0;
    double sum_ = 0;
    std::int64_t most_ = 0;
};

}  // namespace penstock::sim
