// SPDX-License-Identifier: Apache-2.0
//
// Requests: short ways to write down requests, batches and settings in tests of batching.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

#include "policies/batching/batcher.h"

namespace penstock::batching {

using Numbers = std::vector<std::uint32_t>;

// Of so many tokens altogether, all but one of them the prompt's, and foreseen.
inline Request of_total(std::uint32_t number, std::uint32_t total) {
    return {.number = number, .prompt = total - 1, .output = 1, .predicted = 1};
}

inline void submit_totals(Batcher& batcher, std::initializer_list<std::uint32_t> totals) {
    std::uint32_t number = 0;
    for (const std::uint32_t total : totals) {
        batcher.submit(of_total(number++, total));
    }
}

inline Numbers members_of(const Batcher& batcher, const Batch& batch) {
    Numbers numbers;
    batcher.each_member(batch, [&](std::uint32_t, const PooledRequest& member) {
        numbers.push_back(member.number);
    });
    return numbers;
}

// The members of the next batch, which stays in service; none where there is no batch.
inline Numbers next_members(Batcher& batcher) {
    const std::optional<Batch> batch = batcher.next_batch();
    return batch ? members_of(batcher, *batch) : Numbers{};
}

inline BatchingSettings settings_of(Mode mode) {
    BatchingSettings settings{.mode = mode};
    settings.bins = 1;
    return settings;
}

inline BatchingSettings with_bins(Mode mode, std::vector<std::int64_t> boundaries) {
    BatchingSettings settings = settings_of(mode);
    settings.bins = static_cast<std::uint32_t>(boundaries.size() + 1);
    settings.boundaries = std::move(boundaries);
    return settings;
}

}  // namespace penstock::batching
