// SPDX-License-Identifier: Apache-2.0
//
// Fair shares: what each holder of a pool's leases ought to have.
//
// Critical ones share first, by weight, what the others are not promised; the others share what is
// left, where a normal lease counts as two of a stream and four in the background. Whoever is seen
// to use less than it has is left a quarter more than that, and its promise.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policies/leases/lease.h"

namespace penstock {

// One for each lease; 0 for those that are not held or of another pool. They add up to no more than
// the amount, or to the promises where those are more.
[[nodiscard]] std::vector<std::uint64_t> fair_shares(std::span<const Lease> all,
                                                     const LeasePool& pool,
                                                     std::uint64_t amount);

}  // namespace penstock
