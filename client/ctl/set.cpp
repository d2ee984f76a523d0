// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <cstdio>

#include "client/ctl/verbs.h"

namespace penstock::ctl {

Outcome<> run(AgentClient& agent, const SetPriority& verb) {
    const Outcome<> done = agent.set_priority(verb.pid, verb.priority);
    if (done) {
        fmt::print("process {} has priority {}\n", verb.pid, verb.priority);
    }
    return done;
}

}  // namespace penstock::ctl
