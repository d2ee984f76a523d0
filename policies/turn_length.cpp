// SPDX-License-Identifier: Apache-2.0

#include "policies/turn_length.h"

#include <algorithm>

#include "policies/decision.h"
#include "policies/lookup.h"

namespace penstock {

Duration turn_length(Duration wished, const Device* device) {
    constexpr int per_change = 100;  // Turns' time for each unit of time that changing them takes.
    if (device == nullptr) {
        return wished;
    }
    const Duration change = device->suspend_cost.value.value_or(Duration{}) +
                            device->resume_cost.value.value_or(Duration{});
    const Duration least = std::min(change, RankedOwner::longest_quantum) * per_change;
    return std::min(std::max(wished, least), RankedOwner::longest_quantum);
}

Duration TurnLengths::on(GpuId gpu) {
    if (gpu_ != gpu) {
        gpu_ = gpu;
        length_ = turn_length(wished_, find_device(*snapshot_, gpu));
    }
    return length_;
}

}  // namespace penstock
