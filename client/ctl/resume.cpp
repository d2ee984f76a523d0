// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <cstdio>

#include "client/ctl/verbs.h"

namespace penstock::ctl {

Outcome<> run(AgentClient& agent, const Resume& verb) {
    if (!verb.pid) {
        const Outcome<std::uint32_t> queues = agent.resume_all();
        if (!queues) {
            return std::unexpected(queues.error());
        }
        fmt::print("{} queues were resumed\n", *queues);
        return {};
    }
    const Outcome<> done =
        verb.queue ? agent.resume_queue(*verb.pid, *verb.queue) : agent.resume(*verb.pid);
    if (done) {
        fmt::print("{}process {} is no longer preempted on request\n",
                   verb.queue ? fmt::format("queue {} of ", verb.queue->number) : "",
                   *verb.pid);
    }
    return done;
}

}  // namespace penstock::ctl
