// SPDX-License-Identifier: Apache-2.0
//
// Explanation: why an owner's queues run or wait, in sentences for the person who wonders.
//
// It says what the gate has reported, what the last decision asks for on the device after the guard
// has trimmed it, and who comes before. The gate decides between two decisions by itself: what it
// has not reported yet is not known here.

#pragma once

#include <string>
#include <vector>

#include "policies/decision.h"
#include "policies/snapshot.h"

namespace penstock {

// Of the queues of an owner on one device, which run and wait together.
struct Explanation {
    // So many others are named at most; of the rest only the number is told.
    static constexpr std::size_t most_named = 8;

    GpuId gpu{};
    std::vector<std::uint32_t> queues{};  // Their numbers, sorted.
    bool suspended = false;
    std::vector<std::string> sentences{};
};

// For each device on which the owner has queues, sorted by gpu; a queue that an operator holds, or
// held until now, by itself comes behind the others. None when there is no such owner.
[[nodiscard]] std::vector<Explanation> explain(const Snapshot& snapshot,
                                               const Decision& decision,
                                               OwnerId owner);

}  // namespace penstock
