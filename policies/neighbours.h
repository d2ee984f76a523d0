// SPDX-License-Identifier: Apache-2.0
//
// Neighbours: devices that share a memory domain, whose executors have to hear of each other.
//
// An executor yields to the highest rank that has work on its neighbours as to one of its own. What
// it tells them does not depend on what it has heard, so that one round is enough.

#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "policies/order_executor.h"

namespace penstock {

// Has every executor of the range hear of the others; calls again(item) for those for whom that
// makes a difference.
template <typename Range, typename Executor, typename Again>
void tell_neighbours(Range& range, Executor executor_of, Again again) {
    for (auto& item : range) {
        OrderExecutor& executor = executor_of(item);
        std::optional<std::int32_t> top;
        for (auto& other : range) {
            const OrderExecutor& neighbour = executor_of(other);
            const bool near = &neighbour != &executor && executor.domain() != 0 &&
                              neighbour.domain() == executor.domain();
            if (near && neighbour.top_rank()) {
                top = std::max(top.value_or(*neighbour.top_rank()), *neighbour.top_rank());
            }
        }
        if (executor.hear(top)) {
            again(item);
        }
    }
}

}  // namespace penstock
