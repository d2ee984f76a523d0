// SPDX-License-Identifier: Apache-2.0
//
// SLA bound: how many requests a batch may have so that it takes about the target time, found by
// narrowing a range around what the last batches were.
//
// Pang, Li and Wang's algorithm 2, with the ends of the range kept within the bounds. It is fed
// with the time that batches take to be served, never with the time that requests wait: that grows
// as batches shrink.

#pragma once

#include <cstdint>
#include <vector>

#include "policies/batching/batching_settings.h"

namespace penstock::batching {

class SlaBound {
  public:
    SlaBound(const SlaSettings& settings, const BatchBounds& bounds);

    // The next note needs no memory then. A copy has none of what was reserved.
    void make_room() {
        if (window_.size() < settings_.window) {
            window_.reserve(settings_.window);
        }
    }

    // A batch of so many has been served.
    void note(std::int64_t service_ns, std::uint32_t requests);

    [[nodiscard]] std::uint32_t bound() const {
        return static_cast<std::uint32_t>((low_ + high_) / 2);
    }

  private:
    struct Served {
        std::int64_t ns = 0;
        std::int64_t requests = 0;
    };

    void keep(const Served& served);

    SlaSettings settings_;
    std::int64_t least_;
    std::int64_t most_;
    std::int64_t low_;
    std::int64_t high_;
    std::vector<Served> window_{};  // The last ones, oldest_ first once it is full.
    std::size_t oldest_ = 0;
    Served sum_{};
};

}  // namespace penstock::batching
