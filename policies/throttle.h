// SPDX-License-Identifier: Apache-2.0
//
// Throttle: what a memory node that is close to saturation asks of whoever uses it.
//
// Asking is all: clients see the level on the board and hold back by themselves. ThrottleWatch says
// when a level begins and ends.

#pragma once

#include <cstdint>
#include <optional>

#include "base/units.h"
#include "policies/confidence.h"

namespace penstock {

// Each asks for what those before ask for, too.
enum class ThrottleLevel : std::uint8_t {
    none,
    reduce_batch,  // Batches as much smaller as the batch scale says.
    delay_launch,  // Heavy operations spaced by the rate that is left for them.
    fall_back,     // Another device, where the operation is done as soon there.
};

// Why the level is what it is.
enum class ThrottleCause : std::uint8_t {
    relieved,    // It came down, or never rose, by what was measured.
    saturated,   // It rose.
    unmeasured,  // It faded, because the last measurement is too old.
};

struct Throttle {
    static constexpr double usual_target = 0.85;
    static constexpr double least_target = 0.1;
    static constexpr double most_target = 0.9;
    static constexpr double least_batch_scale = 0.25;

    ThrottleLevel level = ThrottleLevel::none;
    ThrottleCause cause = ThrottleCause::relieved;
    TimePoint since{};  // When the level began.
    // Smoothed, of the peak; nothing while it is not measured well enough to act on.
    std::optional<double> utilization{};
    Confidence confidence = Confidence::counter;  // Of the utilization.
    double target = usual_target;                 // Where the first level begins.
    double batch_scale = 1;                       // 0.25..1: how much of a usual batch to take.
    auto operator<=>(const Throttle&) const = default;
};

}  // namespace penstock
