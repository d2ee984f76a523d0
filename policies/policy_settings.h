// SPDX-License-Identifier: Apache-2.0
//
// Policy settings: what can be set of policies, whichever they are. What is absent is as the policy
// has it; which of them a policy takes, the catalogue says.

#pragma once

#include <cstdint>
#include <optional>

#include "base/units.h"

namespace penstock {

struct PolicySettings {
    std::optional<Duration> settle{};
    std::optional<Duration> quantum{};
    // Per step of priority, or in all where nobody has any: then somebody has waited too long.
    std::optional<Duration> aging{};
    std::optional<std::uint32_t> runners{};  // How many owners run at once.
    std::optional<bool> firm{};
    std::optional<double> patience{};  // Of a deadline.
    std::optional<bool> hard{};        // Who has used up its part waits, though nobody else works.
    std::optional<Duration> guard{};   // To be done so long before a deadline.
    bool operator==(const PolicySettings&) const = default;
};

}  // namespace penstock
