// SPDX-License-Identifier: Apache-2.0
//
// Authorization: who may change what, as far as the agent decides it by itself. AuthorizationFilter
// asks here for every message that would change something, and polkit where this says so.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

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
    // For Access::priority only. Nothing: the process belongs to nobody, because it runs with the
    // rights of several users, or has ended.
    std::optional<std::uint32_t> process_uid{};
    // What raises the process, as raised_by() says; "" when nothing does. Of a lease, what goes
    // beyond its user's part, as a sentence.
    std::string raise{};
};

// Whom the agent trusts may change anything, and the owner of a process may lower it. All others
// need polkit.
[[nodiscard]] bool may(const Sender& sender, const Wish& wish);

// For whom neither the agent nor polkit allowed it.
[[nodiscard]] std::unexpected<Refusal> refuse(const Sender& sender,
                                              std::uint32_t agent_uid,
                                              const Wish& wish);

}  // namespace penstock::dbus
