// SPDX-License-Identifier: Apache-2.0
//
// Request: what a batching policy knows of one generation request.

#pragma once

#include <cstdint>

namespace penstock::batching {

// Of a prompt or an output: more is a mistake, and sums of fewer can not overflow.
inline constexpr std::uint32_t most_tokens = 100'000'000;

// Of all requests of one run.
inline constexpr std::uint32_t most_requests = std::uint32_t{1} << 26U;

struct Request {
    std::uint32_t number = 0;  // The caller's own; a batch names its members by it.
    // Each from 1 to most_tokens.
    std::uint32_t prompt = 1;
    std::uint32_t output = 1;     // It ends with so many, or earlier where the caller says so.
    std::uint32_t predicted = 1;  // What is reserved for its output.

    [[nodiscard]] std::uint32_t total() const { return prompt + output; }

    [[nodiscard]] std::uint32_t reserved() const { return prompt + predicted; }
};

}  // namespace penstock::batching
