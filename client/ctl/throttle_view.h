// SPDX-License-Identifier: Apache-2.0
//
// Throttle view: what a memory node asks of those who use it, for people.

#pragma once

#include <string>

#include "client/ctl/figures.h"
#include "client/ctl/world.h"

namespace penstock::ctl {

// It asks for something, or has just ceased to.
[[nodiscard]] inline bool is_throttled(const MemoryView& node) {
    const bool level = !node.throttle_level.empty() && node.throttle_level != "none";
    return level || node.batch_scale.value_or(1) < 1;
}

// "delay-launch, batch 49 %", "none", or "-" for unknown.
[[nodiscard]] inline std::string throttle_text(const MemoryView& node) {
    if (node.throttle_level.empty()) {
        return "-";
    }
    return is_throttled(node) ? node.throttle_level + ", batch " + percent_text(node.batch_scale)
                              : node.throttle_level;
}

}  // namespace penstock::ctl
