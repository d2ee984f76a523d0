// SPDX-License-Identifier: Apache-2.0
//
// Inheritance: whoever holds a pool alone is as urgent as the most urgent of those who wait for it.
//
// Only exclusive leases make others wait for one certain holder. Without this, a background copy
// that holds the link alone and waits for memory itself would let a critical client wait behind
// everybody else who wants memory.

#pragma once

#include <span>
#include <vector>

#include "policies/leases/lease.h"

namespace penstock {

// A waits for B waits for C: so many are followed.
inline constexpr int deepest_inheritance = 8;

// The class of each lease, held or waiting, or the better one that its party inherits.
[[nodiscard]] std::vector<LeaseClass> effective_classes(std::span<const Lease> all);

}  // namespace penstock
