// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/authorize.h"

#include <fmt/format.h>

namespace penstock::dbus {
namespace {

const char* needed_right(Change change) {
    switch (change) {
        case Change::priority:
            return "change the priority of another user's process";
        case Change::suspension:
            return "preempt or resume a process";
        case Change::agent:
            return "change how the agent works";
    }
    return "";
}

}  // namespace

Answer<> authorize(const Credentials& sender, std::uint32_t agent_uid, const Wish& wish) {
    if (!sender.euid || sender.augmented) {
        return refuse(error::access_denied, "the bus does not say which user sent the request");
    }
    if (*sender.euid == 0 || *sender.euid == agent_uid) {
        return {};
    }
    if (wish.change == Change::priority && *sender.euid == wish.process_uid) {
        if (wish.wanted <= wish.present) {
            return {};
        }
        return refuse(error::access_denied,
                      fmt::format("the owner of a process may lower its priority, but {} is above "
                                  "the present {}: raising it takes root",
                                  wish.wanted,
                                  wish.present));
    }
    const std::string allowed = agent_uid == 0 ? "root" : fmt::format("root and uid {}", agent_uid);
    return refuse(error::access_denied,
                  fmt::format("only {} may {}; the request came from uid {}",
                              allowed,
                              needed_right(wish.change),
                              *sender.euid));
}

}  // namespace penstock::dbus
