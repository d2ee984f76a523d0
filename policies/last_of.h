// SPDX-License-Identifier: Apache-2.0
//
// Last of: the highest valid value of each enumeration that is read from a wire or a file. All
// begin at 0 and have no holes.

#pragma once

#include "policies/decision.h"
#include "policies/snapshot.h"

namespace penstock {

template <typename Enum>
inline constexpr Enum last_of{};
template <>
inline constexpr QueueType last_of<QueueType> = QueueType::unknown;
template <>
inline constexpr Confidence last_of<Confidence> = Confidence::heuristic;
template <>
inline constexpr ThrottleLevel last_of<ThrottleLevel> = ThrottleLevel::fall_back;
template <>
inline constexpr ThrottleCause last_of<ThrottleCause> = ThrottleCause::unmeasured;
template <>
inline constexpr ServiceClass last_of<ServiceClass> = ServiceClass::idle;
template <>
inline constexpr PreemptionLevel last_of<PreemptionLevel> = PreemptionLevel::none;
template <>
inline constexpr DeviceScheduler last_of<DeviceScheduler> = DeviceScheduler::mes;
template <>
inline constexpr Standing last_of<Standing> = Standing::later;
template <>
inline constexpr Verb last_of<Verb> = Verb::resume;
template <>
inline constexpr Reason last_of<Reason> = Reason::budget_spent;
template <>
inline constexpr Precedence last_of<Precedence> = Precedence::least_left;

}  // namespace penstock
