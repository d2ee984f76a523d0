// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/doctor.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "agent/probes/conflicts.h"
#include "client/ctl/verbs.h"
#include "kmod-helpers/doctor/examine.h"
#include "kmod-helpers/doctor/gather.h"

namespace penstock::ctl {
namespace {

Outcome<doctor::Facts> facts_below(const std::string& root) {
    const Tree tree(root);
    if (root == "/") {
        return doctor::gather(tree, doctor::this_caller());
    }
    if (const auto listed = tree.list("sys"); !listed) {
        return fail(Exit::usage, fmt::format("--sysroot: {}", listed.error().message()));
    }
    // The caller's groups mean something on this machine only.
    return doctor::gather(tree);
}

}  // namespace

Examination examination_of(const doctor::Facts& facts) {
    return {.findings = doctor::examine(facts),
            .devices = doctor::abilities(facts),
            .may_preempt = doctor::may_preempt(facts)};
}

Outcome<> run(Outcome<AgentClient>& agent, const Doctor& verb) {
    const Outcome<doctor::Facts> facts = facts_below(verb.root);
    if (!facts) {
        return std::unexpected(facts.error());
    }
    Examination examination = examination_of(*facts);
    const std::shared_ptr<Machine> machine = machine_below(verb.root);
    for (doctor::Finding& conflict : find_conflicts(*machine)) {
        examination.findings.push_back(std::move(conflict));
    }
    examination.sources = source_rows(machine);
    examination.world = agent ? agent->look() : std::unexpected(agent.error());
    fmt::print("{}",
               verb.json ? doctor_json(examination).dump(2) + '\n' : doctor_text(examination));
    if (!examination.may_preempt) {
        return fail(Exit::refused, "nothing can be preempted on this machine: see what is broken");
    }
    return {};
}

}  // namespace penstock::ctl
