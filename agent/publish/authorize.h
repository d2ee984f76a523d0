// SPDX-License-Identifier: Apache-2.0
//
// Authorization: who may change what, as far as the agent decides it by itself. AuthorizationFilter
// asks here for every message that would change something, and polkit where this says so.

#pragma once

#include <cstdint>
#include <optional>

#include "agent/publish/access.h"
#include "agent/publish/refusal.h"

namespace penstock::dbus {

struct Sender {
    std::uint32_t uid = 0;
    bool trusted = false;  // Root, the agent's own user, and members of AdminGroup=.
};

// A change that somebody asks for, with what the decision depends on.
struct Wish {
    Access access = Access::manage;
    // These three for Access::priority only. Nothing: the process belongs to nobody, because it
    // runs with the rights of several users, or has ended.
    std::optional<std::uint32_t> process_uid{};
    std::int32_t present = 0;
    std::int32_t wanted = 0;
};

// Whom the agent trusts may change anything, and the owner of a process may lower its priority. All
// others need polkit.
[[nodiscard]] bool may(const Sender& sender, const Wish& wish);

// For whom neither the agent nor polkit allowed it.
[[nodiscard]] std::unexpected<Refusal> refuse(const Sender& sender,
                                              std::uint32_t agent_uid,
                                              const Wish& wish);

}  // namespace penstock::dbus
