// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <cstdio>

#include "client/ctl/verbs.h"

namespace penstock::ctl {

Outcome<> run(AgentClient& agent, const Reset& verb) {
    const Outcome<> done = agent.reset_terms(verb.pid);
    if (done) {
        fmt::print("process {} runs as the rules and defaults say\n", verb.pid);
    }
    return done;
}

}  // namespace penstock::ctl
