// SPDX-License-Identifier: Apache-2.0
//
// Process terms: requests to change on what terms a process runs: its priority, weight, class,
// deadline, cost and limit of bandwidth, and whether it may be preempted.
//
// AuthorizationFilter has let them pass. When they answer, the loop has sent the new standing
// order.

#pragma once

#include <cstdint>
#include <string>

#include "agent/publish/caller.h"
#include "agent/publish/codec.h"
#include "agent/publish/refusal.h"
#include "agent/publish/surface.h"

namespace penstock::dbus {

// What the changes choose, by nobody yet. Refused: what is out of range, with the range.
Answer<Choices> sound(const ProcessChanges& changes);

// What in them raises the process above its present terms, as "priority 6 is above the present 5";
// "" when nothing does.
[[nodiscard]] std::string raised_by(const Choices& wanted, const Owner& present);

Answer<> set_terms(ProcessObject& process, const Caller& caller, const ProcessChanges& changes);

// What clients have set is forgotten.
Answer<> reset_terms(ProcessObject& process, const Caller& caller);

Answer<> set_priority(ProcessObject& process, const Caller& caller, std::int32_t priority);
Answer<> set_weight(ProcessObject& process, const Caller& caller, std::uint32_t weight);
Answer<> set_class(ProcessObject& process, const Caller& caller, const std::string& name);
Answer<> set_deadline(ProcessObject& process, const Caller& caller, std::uint64_t usec);
Answer<> set_cost(ProcessObject& process, const Caller& caller, std::uint64_t usec);
Answer<> set_dram_max(ProcessObject& process, const Caller& caller, std::uint64_t rate);
Answer<> set_preemptible(ProcessObject& process, const Caller& caller, bool preemptible);

}  // namespace penstock::dbus
