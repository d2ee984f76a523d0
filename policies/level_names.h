// SPDX-License-Identifier: Apache-2.0
//
// Level names: how the rungs of the preemption ladder are spelt to people and on D-Bus.

#pragma once

#include <string_view>

#include "policies/snapshot.h"

namespace penstock {

[[nodiscard]] constexpr std::string_view name_of(PreemptionLevel level) {
    switch (level) {
        case PreemptionLevel::cooperative_save:
            return "cooperative-save";
        case PreemptionLevel::debug_suspend:
            return "debug-suspend";
        case PreemptionLevel::vendor_ioctl:
            return "vendor-ioctl";
        case PreemptionLevel::process_evict:
            return "process-evict";
        case PreemptionLevel::launch_limit:
            return "launch-limit";
        case PreemptionLevel::none:
            break;
    }
    return "none";
}

}  // namespace penstock
