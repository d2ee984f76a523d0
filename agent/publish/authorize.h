// SPDX-License-Identifier: Apache-2.0
//
// Authorization: who may change what. Every member that writes asks here first, and only here.

#pragma once

#include <cstdint>

#include "agent/publish/caller.h"
#include "agent/publish/refusal.h"

namespace penstock::dbus {

enum class Change : std::uint8_t {
    priority,    // Of one process.
    suspension,  // Of one process: preempt or resume.
    agent,       // Policy, preemption as a whole, everybody's resumption.
};

// A change that somebody asks for, with what the decision depends on.
struct Wish {
    Change change = Change::agent;
    std::uint32_t process_uid = 0;  // These three for Change::priority only.
    std::int32_t present = 0;
    std::int32_t wanted = 0;
};

// Root and the user whom the agent runs as may change anything. The owner of a process may lower
// its priority. All others, and senders whom the bus does not vouch for, are refused.
[[nodiscard]] Answer<> authorize(const Credentials& sender,
                                 std::uint32_t agent_uid,
                                 const Wish& wish);

}  // namespace penstock::dbus
