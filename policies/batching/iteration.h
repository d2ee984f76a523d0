// SPDX-License-Identifier: Apache-2.0
//
// Iteration: what a device that batches continuously computes next, and what came of it.

#pragma once

#include <cstdint>

namespace penstock::batching {

struct Iteration {
    std::uint32_t running = 0;    // Requests; with none the device is idle.
    std::uint32_t admitted = 0;   // The last so many of them have just been taken from the queue.
    std::uint32_t evicted = 0;    // So many went back to the front of the queue.
    bool cold = false;            // Nothing ran before.
    std::uint64_t total = 0;      // Tokens of those that run, prompts and outputs.
    std::uint64_t held = 0;       // Tokens that are reserved in the cache.
    std::uint64_t scheduled = 0;  // Tokens that are computed now, and
    std::uint64_t cached = 0;     // in the cache of those that decode.
};

// A request had its first token, or ended, or both.
struct Progress {
    std::uint32_t number = 0;
    bool first = false;
    bool ended = false;
    std::uint32_t step = 0;  // Of several that are completed at once: the one with the first token.
};

}  // namespace penstock::batching
