// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <cstdio>

#include "client/ctl/verbs.h"

namespace penstock::ctl {

Outcome<> run(AgentClient& agent, const Preempt& verb) {
    const Outcome<> done = verb.queue ? agent.preempt_queue(verb.pid, *verb.queue, verb.longest)
                                      : agent.preempt(verb.pid, verb.longest);
    if (done) {
        const auto usec = std::chrono::duration_cast<std::chrono::microseconds>(verb.longest);
        fmt::print("{}process {} is preempted for {} ms\n",
                   verb.queue ? fmt::format("queue {} of ", verb.queue->number) : "",
                   verb.pid,
                   static_cast<double>(usec.count()) / 1000);
    }
    return done;
}

}  // namespace penstock::ctl
