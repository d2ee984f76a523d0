// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "client/ctl/policy_view.h"
#include "client/ctl/verbs.h"

namespace penstock::ctl {
namespace {

// Three questions: between two of them somebody may choose another policy, and then the answer
// shows the settings of one under the name of the other, once.
Outcome<PolicyView> look_at_policy(AgentClient& agent) {
    PolicyView view;
    for (auto [name, into] : {std::pair("Policy", &view.name),
                              std::pair("AvailablePolicies", &view.all),
                              std::pair("PolicySettings", &view.settings)}) {
        Outcome<nlohmann::json> value = agent.property(name);
        if (!value) {
            return std::unexpected(std::move(value).error());
        }
        *into = *std::move(value);
    }
    return view;
}

void print(const nlohmann::ordered_json& json) {
    fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace

Outcome<> run(AgentClient& agent, const PolicyList& verb) {
    const Outcome<PolicyView> view = look_at_policy(agent);
    if (!view) {
        return std::unexpected(view.error());
    }
    if (verb.json) {
        print(policies_json(*view));
    } else {
        fmt::print("{}", policies_text(*view));
    }
    return {};
}

Outcome<> run(AgentClient& agent, const PolicyShow& verb) {
    const Outcome<PolicyView> view = look_at_policy(agent);
    if (!view) {
        return std::unexpected(view.error());
    }
    if (verb.json) {
        print(policy_json(*view));
    } else {
        fmt::print("{}", policy_text(*view));
    }
    return {};
}

Outcome<> run(AgentClient& agent, const PolicySet& verb) {
    const Outcome<> done = agent.set_policy(verb.name, verb.settings);
    if (done) {
        fmt::print("the policy is {}\n", printable(verb.name));
    }
    return done;
}

Outcome<> run(AgentClient& agent, const PolicyExplain& verb) {
    const Outcome<nlohmann::json> rows = agent.explain(verb.pid, verb.queue, verb.gpu_id);
    if (!rows) {
        return std::unexpected(rows.error());
    }
    if (verb.json) {
        print(explanation_json(*rows));
    } else {
        fmt::print("{}", explanation_text(*rows));
    }
    return {};
}

}  // namespace penstock::ctl
