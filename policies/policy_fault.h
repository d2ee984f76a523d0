// SPDX-License-Identifier: Apache-2.0
//
// Policy fault: what a policy decided that no policy may. The guard has made it harmless; that it
// happened at all is a bug of the policy, and whoever runs it is to be told.
//
// What a policy leaves to the guard on purpose (how long somebody may be suspended at most, how
// often) is no fault.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "policies/decision.h"
#include "policies/snapshot.h"

namespace penstock {

enum class FaultKind : std::uint8_t {
    failed,           // It threw instead of deciding; everybody runs.
    two_orders,       // For one device.
    two_places,       // Of one owner in one order.
    stranger,         // An owner that there is not.
    exempt,           // It would suspend an owner that an administrator has exempted.
    unasked_hold,     // It holds somebody for longer than an operator asked.
    absurd_lever,     // No driver would take it.
    absurd_share,     // Of 0, or more than there is.
    absurd_duration,  // Before it begins.
};

struct PolicyFault {
    FaultKind kind = FaultKind::failed;
    GpuId gpu{};        // Not of one that failed.
    OwnerId owner{};    // Not of one that failed, and not of two orders.
    std::string why{};  // Of one that failed.
    bool operator==(const PolicyFault&) const = default;
};

// The first one, as the policy wished it, before the guard; usually none, which costs no memory.
[[nodiscard]] std::optional<PolicyFault> fault_in(const Decision& wished, const Snapshot& snapshot);

// A whole sentence. Owners are told by their pids, as far as the snapshot knows them.
[[nodiscard]] std::string sentence_of(const PolicyFault& fault, const Snapshot& snapshot);

}  // namespace penstock
