// SPDX-License-Identifier: Apache-2.0
//
// Neighbours: devices that share a memory domain, whose executors have to hear of each other.
//
// An executor yields to the highest rank that has work on its neighbours as to one of its own. What
// it tells them does not depend on what it has heard, but acting on that may show that somebody has
// done its work by now: so there are a few rounds.

#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "policies/order_executor.h"

namespace penstock {

// The highest rank with work on the executor's neighbours; nothing when nobody has any.
template <typename Range, typename ExecutorOf>
std::optional<std::int32_t> top_beside(const OrderExecutor& executor,
                                       Range& range,
                                       ExecutorOf executor_of) {
    std::optional<std::int32_t> top;
    if (executor.domain() == 0) {
        return top;  // As nearly always.
    }
    for (auto& item : range) {
        const OrderExecutor& other = executor_of(item);
        const bool near = &other != &executor && other.domain() == executor.domain();
        const std::optional<std::int32_t> rank = near ? other.top_rank() : std::nullopt;
        top = rank ? std::max(top.value_or(*rank), *rank) : top;
    }
    return top;
}

// One round; whether anybody heard something new.
template <typename Range, typename ExecutorOf, typename Again>
bool tell_once(Range& range, ExecutorOf executor_of, Again again) {
    bool news = false;
    for (auto& item : range) {
        OrderExecutor& executor = executor_of(item);
        if (executor.hear(top_beside(executor, range, executor_of))) {
            again(item);
            news = true;
        }
    }
    return news;
}

// Has every executor of the range hear of the others; calls again(item) for those for whom that
// makes a difference.
template <typename Range, typename ExecutorOf, typename Again>
void tell_neighbours(Range& range, ExecutorOf executor_of, Again again) {
    constexpr int most_rounds = 4;
    for (int round = 0; round < most_rounds; ++round) {
        if (!tell_once(range, executor_of, again)) {
            return;
        }
    }
}

}  // namespace penstock
