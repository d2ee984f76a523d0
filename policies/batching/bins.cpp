// SPDX-License-Identifier: Apache-2.0

#include "policies/batching/bins.h"

#include <algorithm>

namespace penstock::batching {

std::int64_t key_of(const Request& request, BinKey key) {
    return key == BinKey::total ? request.reserved() : request.predicted;
}

std::vector<std::int64_t> equal_mass_boundaries(std::span<std::int64_t> keys, std::uint32_t bins) {
    std::ranges::sort(keys);
    std::vector<std::int64_t> boundaries;
    boundaries.reserve(bins - 1);
    for (std::size_t number = 1; number < bins; ++number) {
        boundaries.push_back(keys[(number * keys.size()) / bins]);
    }
    return boundaries;
}

std::uint32_t bin_of(std::int64_t key, std::span<const std::int64_t> boundaries) {
    return static_cast<std::uint32_t>(std::ranges::upper_bound(boundaries, key) -
                                      boundaries.begin());
}

}  // namespace penstock::batching
