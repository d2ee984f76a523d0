// SPDX-License-Identifier: Apache-2.0
//
// Batching settings: what somebody chooses of the ways to make batches.

#pragma once

#include <cstdint>
#include <vector>

namespace penstock::batching {

enum class Mode : std::uint8_t {
    static_fifo,        // A fixed number in the order of arrival.
    dynamic_no_bins,    // As many as memory and the target time allow.
    multi_bin_dynamic,  // The same, among requests of like length.
    multi_bin_fixed,    // A fixed number of like length, and never fewer while more may come.
    continuous,         // Requests join and leave between iterations.
};

// What tells how long a request is.
enum class BinKey : std::uint8_t { total, output };

// Which of the bins that are not empty is served.
enum class BinPolicy : std::uint8_t { round_robin, oldest, longest };

// Whose batches the feedback is of.
enum class FeedbackScope : std::uint8_t { per_bin, shared };

inline constexpr std::uint32_t most_bins = 4096;
inline constexpr std::uint32_t largest_batch = 1U << 20U;
inline constexpr std::uint32_t longest_window = 4096;
inline constexpr std::uint32_t most_devices = 1024;

struct BatchBounds {
    std::uint32_t least = 1;
    std::uint32_t most = 128;
};

struct SlaSettings {
    std::int64_t target_ns = 1'000'000'000;
    std::int64_t slack_ns = 50'000'000;
    std::int64_t alpha = 4;  // How far the range reaches beyond the last batches.
    std::int64_t delta = 4;  // How far it opens at the other end.
    std::uint32_t window = 4;
    FeedbackScope scope = FeedbackScope::per_bin;
};

struct BatchingSettings {
    Mode mode = Mode::multi_bin_dynamic;
    std::uint32_t fixed = 8;  // Requests in a batch, of the modes that have a fixed number.
    BatchBounds bounds{};
    std::int64_t capacity = 262'144;    // Tokens that the device's cache holds.
    double theta = 1.6448536269514722;  // Phi^-1(0.95).
    SlaSettings sla{};
    std::uint32_t bins = 4;
    BinKey key = BinKey::total;
    std::vector<std::int64_t> boundaries{};  // One less than bins; empty: from the requests.
    BinPolicy policy = BinPolicy::round_robin;
};

struct ChunkedSettings {
    std::uint32_t token_budget = 2048;  // Tokens of one iteration.
    std::uint32_t block = 16;           // Tokens of a block of the cache.
    bool paged = false;                 // Else everything that is predicted is reserved at once.
};

}  // namespace penstock::batching
