// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/authorize.h"

#include <fmt/format.h>

namespace penstock::dbus {
namespace {

const char* needed_right(Access access) {
    switch (access) {
        case Access::priority:
            return "change on what terms another user's process runs";
        case Access::preempt:
            return "preempt or resume a process";
        case Access::manage:
            return "change how the agent works";
        case Access::lease:
            return "have more of a bandwidth than one user's part";
        case Access::nobody:
        case Access::everybody:
            break;
    }
    return "do this";
}

bool owns(const Sender& sender, const Wish& wish) {
    return wish.access == Access::priority && wish.process_uid == sender.uid;
}

}  // namespace

bool may(const Sender& sender, const Wish& wish) {
    return wish.access == Access::everybody || sender.trusted ||
           (owns(sender, wish) && wish.raise.empty());
}

std::unexpected<Refusal> refuse(const Sender& sender, std::uint32_t agent_uid, const Wish& wish) {
    if (owns(sender, wish)) {
        return refuse(error::access_denied,
                      fmt::format("the owner of a process may lower it, but {}: raising it takes "
                                  "root or polkit's consent",
                                  wish.raise));
    }
    if (wish.access == Access::lease) {
        return refuse(error::lease_budget_exceeded,
                      wish.raise + " without root's or polkit's consent");
    }
    const std::string allowed = agent_uid == 0 ? "root" : fmt::format("root and uid {}", agent_uid);
    return refuse(error::access_denied,
                  fmt::format("only {}, and whom polkit lets, may {}; the request came from uid {}",
                              allowed,
                              needed_right(wish.access),
                              sender.uid));
}

}  // namespace penstock::dbus
