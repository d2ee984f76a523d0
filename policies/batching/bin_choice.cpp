// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/bin_choice.h"

namespace penstock::batching {
namespace {

// The bin with the lowest score; of equals the first.
template <typename Score>
std::optional<std::uint32_t> lowest(std::span<const RequestChain> bins, Score score) {
    std::optional<std::uint32_t> best;
    std::uint64_t best_score = 0;
    for (std::uint32_t bin = 0; bin < bins.size(); ++bin) {
        if (bins[bin].count == 0) {
            continue;
        }
        const std::uint64_t its = score(bins[bin]);
        if (!best || its < best_score) {
            best = bin;
            best_score = its;
        }
    }
    return best;
}

}  // namespace

std::optional<std::uint32_t> BinChoice::in_turn(std::span<const RequestChain> bins) {
    const auto count = static_cast<std::uint32_t>(bins.size());
    std::uint32_t bin = turn_;
    for (std::uint32_t tried = 0; tried < count; ++tried) {
        const std::uint32_t after = bin + 1 == count ? 0 : bin + 1;
        if (bins[bin].count > 0) {
            turn_ = after;
            return bin;
        }
        bin = after;
    }
    return std::nullopt;
}

std::optional<std::uint32_t> BinChoice::next(std::span<const RequestChain> bins,
                                             const RequestPool& pool) {
    switch (policy_) {
        case BinPolicy::round_robin:
            return in_turn(bins);
        case BinPolicy::oldest:
            return lowest(bins, [&](const RequestChain& bin) { return pool.at(bin.first).turn; });
        case BinPolicy::longest:
            return lowest(bins, [](const RequestChain& bin) { return UINT64_MAX - bin.count; });
    }
    return std::nullopt;  // Not one of the enumerators.
}

}  // namespace penstock::batching
