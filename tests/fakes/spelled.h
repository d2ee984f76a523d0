// SPDX-License-Identifier: Apache-2.0
//
// Spelled: what the executor does, as text that a failing test shows readably.

#pragma once

#include <span>
#include <string>

#include "policies/order_executor.h"

namespace penstock::fakes {

[[nodiscard]] inline std::string spelled(Verb verb) {
    switch (verb) {
        case Verb::suspend:
            return "suspend";
        case Verb::resume:
            return "resume";
    }
    return "?";
}

[[nodiscard]] inline std::string spelled(Reason reason) {
    switch (reason) {
        case Reason::higher_rank_has_work:
            return "higher rank has work";
        case Reason::higher_rank_drained:
            return "higher rank drained";
        case Reason::operator_request:
            return "operator request";
        case Reason::longest_suspension:
            return "longest suspension";
        case Reason::order_changed:
            return "order changed";
        case Reason::release:
            return "release";
        case Reason::turn_of_another:
            return "turn of another";
        case Reason::budget_spent:
            return "budget spent";
    }
    return "?";
}

// "suspend 2: higher rank has work; resume 1 queue 5: order changed", or "" for nothing to do.
[[nodiscard]] inline std::string spelled(std::span<const Action> actions) {
    std::string text;
    for (const Action& action : actions) {
        text += text.empty() ? "" : "; ";
        text += spelled(action.verb) + " " + std::to_string(action.owner.value);
        text += action.queue == every_queue ? "" : " queue " + std::to_string(action.queue);
        text += ": " + spelled(action.reason);
    }
    return text;
}

}  // namespace penstock::fakes
