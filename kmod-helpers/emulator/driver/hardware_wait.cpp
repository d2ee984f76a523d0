// SPDX-License-Identifier: Apache-2.0

#include "kmod-helpers/emulator/driver/hardware_wait.h"

namespace penstock::emulator {

std::optional<int> HardwareWait::over(TimePoint now, std::span<std::byte> /*argument*/) {
    return now >= until_ ? std::optional(result_) : std::nullopt;
}

Verdict at(TimePoint until, int result, TimePoint now) {
    if (now >= until) {
        return result;
    }
    return std::make_unique<HardwareWait>(until, result);
}

}  // namespace penstock::emulator
