// SPDX-License-Identifier: Apache-2.0
//
// Bins: which requests are of like length.
//
// Guldogan, Kunde, Lee and Pedarsani's multi-bin batching. Boundaries of equal mass put as many
// requests into each bin, which is optimal for lengths that are spread evenly.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policies/batching/batching_settings.h"
#include "policies/batching/request.h"

namespace penstock::batching {

[[nodiscard]] std::int64_t key_of(const Request& request, BinKey key);

// Between so many bins, of at least one key; sorts the keys.
[[nodiscard]] std::vector<std::int64_t> equal_mass_boundaries(std::span<std::int64_t> keys,
                                                              std::uint32_t bins);

// The number of boundaries that are not above the key. They ascend.
[[nodiscard]] std::uint32_t bin_of(std::int64_t key, std::span<const std::int64_t> boundaries);

}  // namespace penstock::batching
