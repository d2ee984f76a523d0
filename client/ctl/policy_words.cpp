// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/policy_words.h"

#include <fmt/format.h>

#include "base/text.h"
#include "client/ctl/argument_values.h"
#include "policies/catalogue.h"

namespace penstock::ctl {
namespace {

// "SettleSec=2ms".
Result<> assign(std::string_view word, PolicySettings& settings) {
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    if (equals == std::string_view::npos) {
        return penstock::fail("\"" + printable(word) + "\" is not Setting=value");
    }
    const PolicySetting* setting = find_setting(name);
    if (setting == nullptr) {
        return penstock::fail(no_such_setting(name));
    }
    Result<> done = read_setting(*setting, word.substr(equals + 1), settings);
    return done ? done : penstock::fail(std::move(done).error(), name);
}

}  // namespace

void PolicyWords::add_to(CLI::App& app) {
    CLI::App* policy = app.add_subcommand(
        "policy", "See which policy decides and why, or have another one decide");
    policy
        ->add_option("ACTION",
                     action_,
                     "list: which there are; show: the present one and its settings; "
                     "set NAME [Setting=value...]; explain PID [queue=N] [gpu=ID]")
        ->required()
        ->check(CLI::IsMember({"list", "show", "set", "explain"}));
    policy->add_option("ARGUMENT", rest_, "Of set and explain");
    policy->add_flag("--json", json_, "Print JSON, with times in seconds (not with set)");
}

Outcome<Verb> PolicyWords::verb() const {
    if (action_ == "set") {
        return set();
    }
    if (action_ == "explain") {
        return explain();
    }
    if (!rest_.empty()) {
        return fail(
            Exit::usage,
            fmt::format("\"{}\" is too much: policy {} takes no argument", rest_[0], action_));
    }
    return action_ == "list" ? Verb(PolicyList{.json = json_}) : Verb(PolicyShow{.json = json_});
}

// Whether there is such a policy, the agent knows best; what ours takes is told without it.
Outcome<Verb> PolicyWords::set() const {
    if (rest_.empty()) {
        return fail(Exit::usage, "which policy? Expected: policy set NAME [Setting=value...]");
    }
    PolicySet wish{.name = rest_.front()};
    for (std::size_t each = 1; each < rest_.size(); ++each) {
        if (const Result<> done = assign(rest_[each], wish.settings); !done) {
            return fail(Exit::usage, done.error().message());
        }
    }
    if (const Result<const CatalogueEntry*> known = find_policy(wish.name)) {
        if (const Result<> taken = check_settings(**known, wish.settings); !taken) {
            return fail(Exit::usage, taken.error().message());
        }
    }
    return wish;
}

Outcome<Verb> PolicyWords::explain() const {
    if (rest_.empty()) {
        return fail(Exit::usage, "whom? Expected: policy explain PID [queue=N] [gpu=ID]");
    }
    const Outcome<std::uint32_t> pid = parse_pid(rest_.front());
    if (!pid) {
        return std::unexpected(pid.error());
    }
    const Outcome<QueueWords> queue = parse_queue_words({rest_.begin() + 1, rest_.end()});
    if (!queue) {
        return std::unexpected(queue.error());
    }
    return PolicyExplain{
        .pid = *pid, .queue = queue->number, .gpu_id = queue->gpu_id, .json = json_};
}

}  // namespace penstock::ctl
