// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/result.h"
#include "client/ctl/lease_view.h"
#include "client/ctl/verbs.h"

namespace penstock::ctl {

// The command takes the place of this program: signals and the exit status are its own, and the
// lease ends with it and with whatever it leaves behind.
Outcome<> run(AgentClient& agent, const LeaseAcquire& verb) {
    const Outcome<HeldLease> held = agent.acquire_lease(verb);
    if (!held) {
        return std::unexpected(held.error());
    }
    std::vector<std::string> words = verb.command;
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    // One thread, and nobody has read the environment yet.
    ::setenv("PENSTOCK_LEASE", held->path.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
    ::setenv("PENSTOCK_LEASE_BYTES_PER_SECOND",         // NOLINT(concurrency-mt-unsafe)
             std::to_string(held->granted).c_str(),
             1);
    ::execvp(arguments.front(), arguments.data());
    return fail(Exit::refused, Error{.code = errno, .doing = "run " + words.front()}.message());
}

Outcome<> run(AgentClient& agent, const LeaseList& verb) {
    const Outcome<nlohmann::json> leases = agent.leases();
    if (!leases) {
        return std::unexpected(leases.error());
    }
    fmt::print("{}", verb.json ? leases_json(*leases).dump(2) + '\n' : leases_text(*leases));
    return {};
}

}  // namespace penstock::ctl
