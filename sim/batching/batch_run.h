// SPDX-License-Identifier: Apache-2.0
//
// Batch run: the event loop of the modes whose batches start and end together.

#pragma once

#include <vector>

#include "policies/batching/batcher.h"
#include "sim/batching/device_times.h"
#include "sim/batching/simulate.h"

namespace penstock::sim {

class BatchRun {
  public:
    BatchRun(const BatchingConfig& config,
             const Trace& trace,
             const RunAudience& audience,
             const ScaleCourse& scales);

    Result<Outcome> run();

  private:
    struct Serving {
        batching::Batch batch{};
        std::int64_t service_ns = 0;
    };

    [[nodiscard]] std::int64_t next_arrival() const;
    void arrive(std::int64_t now);
    void start_all(std::int64_t now);
    void start(std::int64_t now, std::uint32_t device, const batching::Batch& batch);
    void show(std::int64_t now,
              std::uint32_t device,
              const batching::Batch& batch,
              std::int64_t until) const;
    void count(const batching::Batch& batch, std::int64_t service_ns);
    void end(std::int64_t now, std::uint32_t device);

    const BatchingConfig& config_;
    const Trace& trace_;
    Watches watches_;
    ProgressSteps progress_;
    ScaleSteps scales_;
    batching::Batcher batcher_;
    DeviceEnds ends_;
    DeviceSet idle_;
    std::vector<Serving> serving_;
    std::uint32_t arrived_ = 0;
    std::uint32_t left_;
    Outcome outcome_{};
};

}  // namespace penstock::sim
