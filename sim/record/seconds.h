// SPDX-License-Identifier: Apache-2.0
//
// Seconds: times as people and programs are told them.

#pragma once

#include "base/units.h"

namespace penstock::sim {

[[nodiscard]] constexpr double seconds(Duration span) {
    return std::chrono::duration<double>(span).count();
}

[[nodiscard]] constexpr Duration both(Duration one, Duration other) {
    grow(one, other);
    return one;
}

[[nodiscard]] constexpr double milliseconds(Duration span) {
    return std::chrono::duration<double, std::milli>(span).count();
}

}  // namespace penstock::sim
