// SPDX-License-Identifier: Apache-2.0
//
// Served run: a trace of requests served through libpenstock's batcher, as a server would, by a
// clock and an engine that are simulated. What comes of it is what the simulator should have said.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "client/libpenstock/include/penstock/batcher.h"
#include "sim/batching/batching_config.h"
#include "sim/batching/outcome.h"
#include "sim/batching/scale_course.h"

namespace penstock::sim {

class ServedRun {
  public:
    // The text is what the configuration was made of.
    ServedRun(const BatchingConfig& config,
              const Trace& trace,
              std::string_view text,
              const ScaleCourse& scales);

    // Nothing where the batcher refused something.
    std::optional<Outcome> run();

  private:
    // What the engine knows of a request.
    struct Work {
        std::uint32_t prefill = 0;  // Tokens that must be in the cache before the next one comes.
        std::uint32_t cached = 0;
        std::uint32_t made = 0;
        std::uint32_t steps = 0;
    };

    struct Device {
        std::int64_t ends_ns = -1;  // Below 0: it runs nothing.
        bool cold = true;
        std::vector<penstock_batch_item> items{};
    };

    struct Close {
        void operator()(penstock_batcher* batcher) const { penstock_batcher_close(batcher); }
    };

    [[nodiscard]] std::int64_t next_time() const;
    bool change_scale(std::int64_t now);
    bool end(std::int64_t now, std::uint32_t device);
    bool arrive(std::int64_t now);
    bool start(std::int64_t now, std::uint32_t device);
    std::int64_t duration(std::uint32_t device);
    std::int64_t chunked_ns(const Device& device) const;
    bool has_ended(const penstock_batch_item& item);

    const BatchingConfig& config_;
    const Trace& trace_;
    const ScaleCourse& scales_;
    std::unique_ptr<penstock_batcher, Close> batcher_{};
    std::vector<Device> devices_;
    std::vector<Work> work_;
    std::uint32_t arrived_ = 0;
    std::size_t changed_ = 0;  // So many scales have been.
    std::uint32_t left_;
    Outcome outcome_{};
};

}  // namespace penstock::sim
