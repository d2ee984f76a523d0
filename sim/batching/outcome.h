// SPDX-License-Identifier: Apache-2.0
//
// Outcome: what became of each request of a trace, and what the devices did.

#pragma once

#include <cstdint>
#include <vector>

namespace penstock::sim {

// Sums of durations of many devices or requests need more than 64 bits.
__extension__ using WideSum = __int128;

struct RequestOutcome {
    std::int64_t start_ns = -1;  // Below 0: not yet, as below.
    std::int64_t first_ns = -1;  // Of the first token, where iterations are simulated.
    std::int64_t completion_ns = -1;
    std::uint32_t device = 0;  // The first one that it ran on.
};

struct Outcome {
    std::vector<RequestOutcome> requests{};  // As in the trace.
    WideSum busy_ns = 0;                     // Of all devices together.
    std::uint64_t batches = 0;               // Or iterations, as below.
    std::uint64_t members = 0;               // Of all batches together.
    std::uint32_t largest = 0;
    std::uint64_t overflowing = 0;  // Batches with more tokens than the cache holds.
    WideSum padded_tokens = 0;      // Each batch as if all members were as long as the longest.
    std::uint64_t evictions = 0;
    double held_token_ns = 0;  // Reserved tokens times how long.
    std::uint64_t most_held = 0;
    std::uint64_t events = 0;  // Arrivals, starts and ends of batches.
    // Of the batches: what a calibration should have covered.
    std::uint32_t shortest_batch = UINT32_MAX;
    std::uint32_t longest_batch = 0;
    std::uint32_t smallest = UINT32_MAX;
};

}  // namespace penstock::sim
