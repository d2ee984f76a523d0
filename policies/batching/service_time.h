// SPDX-License-Identifier: Apache-2.0
//
// Service time: how long a device is busy with a batch of b requests of which the longest has L
// tokens, and with one iteration of b running requests. The coefficients are in seconds and come
// from a calibration.

#pragma once

#include <cstdint>

namespace penstock::batching {

struct ServiceTime {
    enum class Kind : std::uint8_t {
        seed,    // alpha + beta L (1 + gamma (b - 1) / b): a batch is almost free.
        linear,  // alpha + L (beta + beta_b b): each member costs.
    };

    Kind kind = Kind::seed;
    double alpha = 0.010;
    double beta = 0.0002;
    double gamma = 0.3;
    double beta_b = 0;

    [[nodiscard]] double batch_seconds(std::uint32_t requests, std::uint32_t longest) const;

    // At least 1 ns, as everything below but the cold start.
    [[nodiscard]] std::int64_t batch_ns(std::uint32_t requests, std::uint32_t longest) const;
    [[nodiscard]] std::int64_t step_ns(std::uint32_t requests) const;

    // What the first iteration on an empty device takes in addition.
    [[nodiscard]] std::int64_t cold_start_ns() const;
};

// An iteration with chunked prefill: a constant, the weights' reading or the tokens' computing,
// whichever takes longer, and the reading of what decoding requests have in the cache.
struct ChunkedStepTime {
    double constant = 0;
    double weights = 0;
    double per_token = 0;
    double per_cached_token = 0;

    [[nodiscard]] std::int64_t step_ns(std::uint64_t tokens, std::uint64_t cached) const;
};

}  // namespace penstock::batching
