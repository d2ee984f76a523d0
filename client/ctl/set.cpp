// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <string>
#include <vector>

#include "base/notation.h"
#include "client/ctl/figures.h"
#include "client/ctl/verbs.h"

namespace penstock::ctl {
namespace {

std::string span_or_none(Duration span) {
    return span == Duration{} ? "none" : span_text(span);
}

std::vector<std::string> phrases(const ProcessTerms& terms) {
    std::vector<std::string> said;
    if (terms.priority) {
        said.push_back(fmt::format("priority {}", *terms.priority));
    }
    if (terms.weight) {
        said.push_back(fmt::format("weight {}", *terms.weight));
    }
    if (terms.service_class) {
        said.push_back("class " + *terms.service_class);
    }
    if (terms.deadline) {
        said.push_back("deadline " + span_or_none(*terms.deadline));
    }
    if (terms.cost) {
        said.push_back("cost " + span_or_none(*terms.cost));
    }
    if (terms.dram_max) {
        said.push_back("dram-max " + to_text(*terms.dram_max));
    }
    return said;
}

}  // namespace

Outcome<> run(AgentClient& agent, const SetTerms& verb) {
    const Outcome<> done = agent.set_terms(verb.pid, verb.terms);
    if (done) {
        fmt::print("process {} has {}\n", verb.pid, fmt::join(phrases(verb.terms), ", "));
    }
    return done;
}

}  // namespace penstock::ctl
