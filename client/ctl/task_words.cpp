// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/task_words.h"

#include "client/ctl/argument_values.h"

namespace penstock::ctl {

void TaskWords::add_to(CLI::App& app) {
    CLI::App* verb = app.add_subcommand(
        "register", "Say which job a process is a task of, and on what terms it runs");
    verb->add_option("PID", pid_)->required();
    verb->add_option("KEY=VALUE", terms_, "As those of set");
    verb->add_option("--job", job_, "What the job is called")->required();
    verb->add_option("--user", user_, "Whose job it is, for the journal");
}

Outcome<Verb> TaskWords::verb() const {
    const Outcome<std::uint32_t> pid = parse_pid(pid_);
    if (!pid) {
        return std::unexpected(pid.error());
    }
    Register task{.pid = *pid, .job = job_, .user = user_};
    if (!terms_.empty()) {
        Outcome<ProcessTerms> terms = parse_terms(terms_);
        if (!terms) {
            return std::unexpected(std::move(terms).error());
        }
        task.terms = *std::move(terms);
    }
    return task;
}

}  // namespace penstock::ctl
