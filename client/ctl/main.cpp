// SPDX-License-Identifier: Apache-2.0
//
// penstockctl: the command line of the agent.

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "base/program.h"
#include "client/ctl/verbs.h"

namespace penstock::ctl {
namespace {

int ended(const Failure& failure) {
    fmt::print(stderr, "penstockctl: {}\n", failure.sentence);
    return static_cast<int>(failure.exit);
}

template <typename V>
Outcome<> carry_out(const std::string& bus, const V& verb) {
    Outcome<AgentClient> agent = AgentClient::connect(bus);
    return agent ? run(*agent, verb) : std::unexpected(agent.error());
}

Outcome<> carry_out(const std::string& bus, const Doctor& verb) {
    Outcome<AgentClient> agent = AgentClient::connect(bus);
    return run(agent, verb);
}

// Those that need neither.
template <typename V>
    requires requires(const V& verb) { run(verb); }
Outcome<> carry_out(const std::string& /*bus*/, const V& verb) {
    return run(verb);
}

int run(const Invocation& invocation) {
    const Outcome<> done = std::visit(
        [&](const auto& verb) { return carry_out(invocation.bus, verb); }, invocation.verb);
    return done ? static_cast<int>(Exit::success) : ended(done.error());
}

int main(std::vector<std::string> arguments) {
    const char* bus = std::getenv("PENSTOCK_BUS");  // NOLINT(concurrency-mt-unsafe): one thread.
    const auto parsed =
        parse(std::move(arguments), bus == nullptr || *bus == '\0' ? "system" : bus);
    if (!parsed) {
        return ended(parsed.error());
    }
    if (const auto* answered = std::get_if<Answered>(&*parsed)) {
        fmt::print("{}", answered->text);
        return static_cast<int>(Exit::success);
    }
    return run(std::get<Invocation>(*parsed));
}

}  // namespace
}  // namespace penstock::ctl

int main(int count, char** words) {
    return penstock::run_program("penstockctl",
                                 [&] { return penstock::ctl::main({words + 1, words + count}); });
}
