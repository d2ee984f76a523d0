// SPDX-License-Identifier: Apache-2.0
//
// Batching figures: what a simulated run comes to. docs/batching.md defines each.

#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "sim/batching/batching_config.h"
#include "sim/batching/outcome.h"
#include "sim/batching/spread.h"

namespace penstock::sim {

struct BatchingFigures {
    bool continuous = false;
    std::uint64_t requests = 0;
    std::int64_t makespan_ns = 0;
    std::uint64_t tokens = 0;  // Prompts and outputs.
    std::uint64_t output_tokens = 0;
    std::int64_t sum_latency_ns = 0;  // From arrival to completion.
    std::int64_t sum_queue_ns = 0;    // From arrival to start.
    Spread latency{};
    Spread first_token{};  // From arrival; of continuous modes only, as the next.
    Spread per_token{};    // Between the first and the last token, of those with several.
    std::uint64_t late = 0;
    std::int64_t busy_ns = 0;
    double utilisation_percent = 0;
    std::uint64_t batches = 0;
    std::uint32_t largest_batch = 0;
    double mean_batch = 0;
    double padding_percent = 0;
    std::uint64_t overflowing_batches = 0;
    std::uint64_t evictions = 0;
    std::uint64_t most_held_tokens = 0;  // On one device.
    double held_percent = 0;             // Of all devices' capacity, over the makespan.
    std::uint64_t events = 0;
    std::uint64_t digest = 0;

    [[nodiscard]] double per_second(std::uint64_t count) const {
        return static_cast<double>(count) * 1e9 / static_cast<double>(makespan_ns);
    }

    [[nodiscard]] double late_percent() const {
        return 100.0 * static_cast<double>(late) / static_cast<double>(requests);
    }
};

// Fails when a sum does not fit into 64 bits.
[[nodiscard]] Result<BatchingFigures> figures_of(const BatchingConfig& config,
                                                 const Trace& trace,
                                                 const Outcome& outcome);

// Two runs of one trace with the same digest gave every request the same start, end and device.
[[nodiscard]] std::uint64_t digest_of(const Trace& trace, const Outcome& outcome);

// 16 hexadecimal digits.
[[nodiscard]] std::string digest_text(std::uint64_t digest);

// One JSON object, under the names of docs/batching.md.
[[nodiscard]] std::string figures_json(const BatchingFigures& figures);

}  // namespace penstock::sim
