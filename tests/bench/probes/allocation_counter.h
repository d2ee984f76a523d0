// SPDX-License-Identifier: Apache-2.0
//
// Allocation counter: how often this program has asked for memory, in any of its threads.

#pragma once

#include <cstddef>

namespace penstock::bench {

[[nodiscard]] std::size_t allocations();

}  // namespace penstock::bench
