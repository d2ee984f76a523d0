// SPDX-License-Identifier: Apache-2.0
//
// DeviceAbility: which rungs of the preemption ladder can work on a device, and what they cost
// there.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kmod-helpers/doctor/facts.h"
#include "kmod-helpers/doctor/finding.h"
#include "kmod-helpers/doctor/generation.h"

namespace penstock::doctor {

// Best first, as in the ladder.
enum class Rung : std::uint8_t {
    cooperative_save,
    debug_suspend,
    vendor_ioctl,
    process_evict,
    launch_limit,
};

struct RungAbility {
    Rung rung{};
    State state = State::unknown;
    std::string reason{};  // Why not, or for whom; never empty.
    std::string change{};  // What would make it better; "" when nothing is known to.
};

struct DeviceAbility {
    std::uint32_t gpu_id = 0;
    std::string name{};               // "gfx942".
    std::uint32_t compute_units = 0;  // 0 when unknown.
    Scheduler scheduler = Scheduler::unknown;
    bool one_debugged_process = false;  // At a time, because there is one debug slot.
    bool halves_compute_units_when_debugged = false;
    bool debug_suspend_possible = false;
    std::string debug_suspend_reason{};  // Why not; "" when it is possible.
    std::array<RungAbility, 5> rungs{};  // In the order of the ladder.
};

[[nodiscard]] std::string_view text_of(Rung rung);

// In the order of the facts' devices.
[[nodiscard]] std::vector<DeviceAbility> abilities(const Facts& facts);

// Whether any rung that takes running work off a device may work on any of them. What the files do
// not tell counts as possible: only what is known not to work is reported as such. A vendor's ioctl
// does not count, because it is off until somebody configures it.
[[nodiscard]] bool may_preempt(const Facts& facts);

}  // namespace penstock::doctor
