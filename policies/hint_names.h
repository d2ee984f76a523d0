// SPDX-License-Identifier: Apache-2.0
//
// Hint names: how what a process says of itself is spelt to people and on D-Bus.

#pragma once

#include <string_view>

#include "policies/snapshot.h"

namespace penstock {

[[nodiscard]] constexpr std::string_view name_of(ProgressUnit unit) {
    switch (unit) {
        case ProgressUnit::tokens:
            return "tokens";
        case ProgressUnit::samples:
            return "samples";
        case ProgressUnit::steps:
            return "steps";
        case ProgressUnit::requests:
            return "requests";
        case ProgressUnit::frames:
            return "frames";
        case ProgressUnit::unknown:
            break;
    }
    return "unknown";
}

[[nodiscard]] constexpr std::string_view name_of(WorkPhase phase) {
    switch (phase) {
        case WorkPhase::waiting:
            return "waiting";
        case WorkPhase::loading:
            return "loading";
        case WorkPhase::prefill:
            return "prefill";
        case WorkPhase::decode:
            return "decode";
        case WorkPhase::training:
            return "training";
        case WorkPhase::unknown:
            break;
    }
    return "unknown";
}

}  // namespace penstock
