// SPDX-License-Identifier: Apache-2.0
//
// Standing names: how a source's standing and a sample's confidence are spelt to people and on
// D-Bus.

#pragma once

#include <string_view>

#include "policies/snapshot.h"

namespace penstock {

[[nodiscard]] constexpr std::string_view name_of(Standing standing) {
    switch (standing) {
        case Standing::available:
            return "available";
        case Standing::later:
            return "later";
        case Standing::absent:
            break;
    }
    return "absent";
}

[[nodiscard]] constexpr std::string_view name_of(Confidence confidence) {
    switch (confidence) {
        case Confidence::counter:
            return "counter";
        case Confidence::derived:
            return "derived";
        case Confidence::heuristic:
            break;
    }
    return "heuristic";
}

}  // namespace penstock
