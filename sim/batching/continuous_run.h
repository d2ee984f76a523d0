// SPDX-License-Identifier: Apache-2.0
//
// Continuous run: the event loop of the modes whose requests join and leave between iterations.

#pragma once

#include "policies/batching/chunked_batcher.h"
#include "policies/batching/token_batcher.h"
#include "sim/batching/device_times.h"
#include "sim/batching/simulate.h"

namespace penstock::sim {

// One iteration, or several during which nobody joins or leaves.
struct Stretch {
    std::int64_t begin_ns = 0;  // Of the first iteration, a cold start aside.
    std::int64_t step_ns = 0;
    std::uint64_t steps = 1;
};

template <typename Batcher>
class ContinuousRun {
  public:
    ContinuousRun(const BatchingConfig& config,
                  const Trace& trace,
                  const RunAudience& audience,
                  const ScaleCourse& scales,
                  Batcher batcher);

    Result<Outcome> run();

  private:
    [[nodiscard]] std::int64_t next_arrival() const;
    void arrive(std::int64_t now);
    void visit_all(std::int64_t now);
    void visit(std::int64_t now, std::uint32_t device);
    void show(std::int64_t now, std::uint32_t device, std::int64_t until) const;
    void count(const batching::Iteration& iteration, std::uint64_t steps, std::int64_t took);
    void end(std::int64_t now, std::uint32_t device);

    const BatchingConfig& config_;
    const Trace& trace_;
    Watches watches_;
    ProgressSteps progress_;
    ScaleSteps scales_;
    Batcher batcher_;
    DeviceEnds ends_;
    DeviceSet idle_;   // Nothing runs there.
    DeviceSet ended_;  // An iteration has just ended, and some run on.
    std::vector<Stretch> stretches_;
    std::uint32_t arrived_ = 0;
    std::uint32_t left_;
    Outcome outcome_{};
};

extern template class ContinuousRun<batching::TokenBatcher>;
extern template class ContinuousRun<batching::ChunkedBatcher>;

}  // namespace penstock::sim
