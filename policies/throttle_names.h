// SPDX-License-Identifier: Apache-2.0
//
// Throttle names: how throttle levels and their causes are spelt to people and on D-Bus.

#pragma once

#include <string_view>

#include "policies/throttle.h"

namespace penstock {

[[nodiscard]] constexpr std::string_view name_of(ThrottleLevel level) {
    switch (level) {
        case ThrottleLevel::reduce_batch:
            return "reduce-batch";
        case ThrottleLevel::delay_launch:
            return "delay-launch";
        case ThrottleLevel::fall_back:
            return "fall-back";
        case ThrottleLevel::none:
            break;
    }
    return "none";
}

[[nodiscard]] constexpr std::string_view name_of(ThrottleCause cause) {
    switch (cause) {
        case ThrottleCause::saturated:
            return "saturated";
        case ThrottleCause::unmeasured:
            return "unmeasured";
        case ThrottleCause::relieved:
            break;
    }
    return "relieved";
}

}  // namespace penstock
