// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <cstdio>

#include "base/pidfd.h"
#include "client/ctl/verbs.h"

namespace penstock::ctl {

// Handed over as a descriptor: by the time the agent looks, another process could have the pid.
Outcome<> run(AgentClient& agent, const Register& verb) {
    const Result<Fd> pidfd = open_pidfd(static_cast<pid_t>(verb.pid));
    if (!pidfd) {
        return fail(Exit::refused, pidfd.error().message());
    }
    const Outcome<> done =
        agent.register_task(*pidfd, {.job = verb.job, .user = verb.user, .terms = verb.terms});
    if (done) {
        fmt::print("process {} is a task of job {}\n", verb.pid, verb.job);
    }
    return done;
}

}  // namespace penstock::ctl
