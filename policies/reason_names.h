// SPDX-License-Identifier: Apache-2.0
//
// Reason names: how the reasons of suspensions are spelt in traces, signals and explanations.

#pragma once

#include <string_view>

#include "policies/reason.h"

namespace penstock {

[[nodiscard]] constexpr std::string_view name_of(Reason reason) {
    switch (reason) {
        case Reason::higher_rank_has_work:
            return "higher-rank-has-work";
        case Reason::higher_rank_drained:
            return "higher-rank-drained";
        case Reason::operator_request:
            return "operator-request";
        case Reason::longest_suspension:
            return "longest-suspension";
        case Reason::order_changed:
            return "order-changed";
        case Reason::release:
            return "release";
        case Reason::turn_of_another:
            return "turn-of-another";
        case Reason::budget_spent:
            return "budget-spent";
    }
    return "unknown";
}

}  // namespace penstock
