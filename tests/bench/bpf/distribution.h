// SPDX-License-Identifier: Apache-2.0
//
// Distribution: measured durations in nanoseconds, and the figures a report wants of them.

#pragma once

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

namespace penstock::bench {

class Distribution {
  public:
    void add(std::int64_t ns) { values_.push_back(ns); }

    [[nodiscard]] std::size_t count() const { return values_.size(); }

    // `share` from 0 to 1; 0 for a distribution without values.
    [[nodiscard]] std::int64_t quantile(double share) {
        if (values_.empty()) {
            return 0;
        }
        std::ranges::sort(values_);
        return values_[static_cast<std::size_t>(share * static_cast<double>(values_.size() - 1))];
    }

    [[nodiscard]] nlohmann::json microseconds() {
        constexpr double ns_per_us = 1000;
        return {{"events", count()},
                {"p50_us", static_cast<double>(quantile(0.5)) / ns_per_us},
                {"p99_us", static_cast<double>(quantile(0.99)) / ns_per_us},
                {"max_us", static_cast<double>(quantile(1)) / ns_per_us}};
    }

  private:
    std::vector<std::int64_t> values_;
};

}  // namespace penstock::bench
