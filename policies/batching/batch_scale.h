// SPDX-License-Identifier: Apache-2.0
//
// Batch scale: how much of a usual batch to take while others need the memory's bandwidth, as the
// board says it. It is kept in millionths, so that what is left of a limit is the same everywhere.

#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "policies/batching/rounding.h"

namespace penstock::batching {

class BatchScale {
  public:
    static constexpr std::uint32_t whole = 1'000'000;

    constexpr BatchScale() = default;  // All of it.

    // The nearest millionth; nothing for what is no number from 0 to 1.
    [[nodiscard]] static std::optional<BatchScale> from(double share) {
        const bool is_share = share >= 0 && share <= 1;
        return is_share
                   ? std::optional(BatchScale(static_cast<std::uint32_t>(rounded(share * whole))))
                   : std::nullopt;
    }

    [[nodiscard]] constexpr std::uint32_t millionths() const { return millionths_; }

    // Of a limit, rounded down, and not below `least` as far as the limit itself is not.
    [[nodiscard]] constexpr std::uint32_t of(std::uint32_t limit, std::uint32_t least) const {
        const auto left = static_cast<std::uint32_t>(std::uint64_t{limit} * millionths_ / whole);
        return std::max(left, std::min(least, limit));
    }

    friend constexpr auto operator<=>(BatchScale, BatchScale) = default;

  private:
    constexpr explicit BatchScale(std::uint32_t millionths) : millionths_(millionths) {}

    std::uint32_t millionths_ = whole;
};

}  // namespace penstock::batching
