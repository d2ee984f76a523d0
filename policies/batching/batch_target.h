// SPDX-License-Identifier: Apache-2.0
//
// Batch target: the most that the next batch may have, by memory and by the target time, from the
// batches of one scope that have been served.

#pragma once

#include <algorithm>
#include <cstdint>

#include "policies/batching/memory_bound.h"
#include "policies/batching/sla_bound.h"

namespace penstock::batching {

class BatchTarget {
  public:
    explicit BatchTarget(const BatchingSettings& settings)
        : memory_(settings), sla_(settings.sla, settings.bounds) {
        renew();
    }

    // What is noted next needs no memory then.
    void make_room() { sla_.make_room(); }

    // One of the members of a batch that has been served; then the batch.
    void note_member(std::uint32_t tokens) { memory_.note(tokens); }

    void note_batch(std::int64_t service_ns, std::uint32_t requests) {
        sla_.note(service_ns, requests);
        renew();
    }

    [[nodiscard]] std::uint32_t most() const { return most_; }

  private:
    void renew() { most_ = std::min(sla_.bound(), memory_.bound()); }

    MemoryBound memory_;
    SlaBound sla_;
    std::uint32_t most_ = 0;
};

}  // namespace penstock::batching
