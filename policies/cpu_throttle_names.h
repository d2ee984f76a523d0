// SPDX-License-Identifier: Apache-2.0
//
// CPU throttle names: the words of CpuThrottle= for whether and by what means programs on the
// processors are held back.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock {

enum class CpuThrottleMode : std::uint8_t {
    off,
    advice,     // It is only said who would be held back.
    automatic,  // By resctrl where that works, and otherwise by quotas.
    resctrl,
    quota,
};

inline constexpr std::array cpu_throttle_modes{CpuThrottleMode::off,
                                               CpuThrottleMode::advice,
                                               CpuThrottleMode::automatic,
                                               CpuThrottleMode::resctrl,
                                               CpuThrottleMode::quota};

[[nodiscard]] constexpr std::string_view name_of(CpuThrottleMode mode) {
    switch (mode) {
        case CpuThrottleMode::advice:
            return "advice";
        case CpuThrottleMode::automatic:
            return "auto";
        case CpuThrottleMode::resctrl:
            return "resctrl";
        case CpuThrottleMode::quota:
            return "quota";
        case CpuThrottleMode::off:
            break;
    }
    return "off";
}

[[nodiscard]] constexpr std::optional<CpuThrottleMode> cpu_throttle_mode_named(
    std::string_view name) {
    for (const CpuThrottleMode each : cpu_throttle_modes) {
        if (name_of(each) == name) {
            return each;
        }
    }
    return std::nullopt;
}

}  // namespace penstock
