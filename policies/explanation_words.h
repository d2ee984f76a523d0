// SPDX-License-Identifier: Apache-2.0
//
// Explanation words: the sentences of an explanation, one function for each thing that there is to
// say. What does not apply is "".

#pragma once

#include <string>

#include "policies/decision.h"
#include "policies/snapshot.h"

namespace penstock {

// With one digit behind the point: "12.3 ms".
[[nodiscard]] std::string rounded_text(Duration span);

// What happened to it last, as the gate has reported it.
[[nodiscard]] std::string tenure_sentence(const Tenure& tenure,
                                          PreemptionLevel level,
                                          TimePoint now);

// That an operator holds it, or a queue of it, for a while yet.
[[nodiscard]] std::string hold_sentence(std::optional<TimePoint> until, TimePoint now);

// Why nobody can be, or it may not be, suspended at all.
[[nodiscard]] std::string exemption_sentence(const Snapshot& snapshot, const Owner& owner);

// By what the order lets it run.
[[nodiscard]] std::string rank_sentence(const DeviceOrder& order, const RankedOwner& place);
[[nodiscard]] std::string turn_sentence(const DeviceOrder& order, const RankedOwner& place);
[[nodiscard]] std::string deadline_sentence(const RankedOwner& place);
[[nodiscard]] std::string budget_sentence(const RankedOwner& place);
[[nodiscard]] std::string steal_sentence(const RankedOwner& place);
[[nodiscard]] std::string descent_sentence(const RankedOwner& place);
[[nodiscard]] std::string domain_sentence(const DeviceOrder& order);
[[nodiscard]] std::string late_sentence(const RankedOwner& place);

// Who comes before it, and who does so when they have waited.
[[nodiscard]] std::string above_sentence(const Snapshot& snapshot,
                                         const DeviceOrder& order,
                                         const RankedOwner& place);
[[nodiscard]] std::string overtaking_sentence(const DeviceOrder& order, const RankedOwner& place);

// What the guard allows on the device.
[[nodiscard]] std::string bounds_sentence(const DeviceOrder& order);

}  // namespace penstock
