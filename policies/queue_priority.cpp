// SPDX-License-Identifier: Apache-2.0

#include "policies/queue_priority.h"

#include <algorithm>

namespace penstock {
namespace {

constexpr std::int32_t farthest = 20;  // From 0, in both directions.
constexpr std::int32_t normal = 7;
constexpr std::int32_t highest = 15;

}  // namespace

std::uint8_t queue_priority_of(std::int32_t priority) {
    const std::int32_t bounded = std::clamp(priority, -farthest, farthest);
    const std::int32_t room = bounded < 0 ? normal : highest - normal;
    // Division rounds towards 0, hence towards normal, on either side.
    return static_cast<std::uint8_t>(normal + (bounded * room / farthest));
}

}  // namespace penstock
