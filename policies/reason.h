// SPDX-License-Identifier: Apache-2.0
//
// Reason: why an owner was suspended or resumed.

#pragma once

#include <cstdint>

namespace penstock {

enum class Reason : std::uint8_t {
    higher_rank_has_work,
    higher_rank_drained,
    operator_request,
    longest_suspension,  // The guard's bound; a run window follows.
    order_changed,       // The new standing order no longer asks for it.
    release,             // Preemption disabled, agent leaving, or owner let go.
    turn_of_another,     // Its turn is over, or has not come.
    budget_spent,        // It has had all that it may have for now.
};

}  // namespace penstock
