// SPDX-License-Identifier: Apache-2.0

#include "agent/request_desk.h"

#include <cerrno>

#include "agent/choice_lines.h"
#include "base/clock.h"
#include "base/journal.h"
#include "policies/catalogue.h"

namespace penstock {
namespace {

constexpr Duration longest_preemption = Guard::Limits{}.longest_hold;

// As traces have it.
std::string_view request_of(const Choices& choices) {
    if (choices.priority) {
        return "set-priority";
    }
    return choices.preemptible ? "set-preemptible" : "set-terms";
}

}  // namespace

Result<MachineState*> RequestDesk::state() const {
    if (loop_ == nullptr) {
        return fail(EAGAIN, "the agent is starting");
    }
    return &loop_->state();
}

Result<> RequestDesk::choose(std::uint32_t pid, const Choices& choices) {
    const Result<MachineState*> known = state();
    Result<> done = known ? (*known)->choose(pid, choices) : std::unexpected(known.error());
    if (done) {
        journal_choices(pid, choices);
        agent_.keep(pid, choices);
    }
    return then_replan(std::move(done), request_of(choices), pid);
}

Choices RequestDesk::ruled_terms(std::uint32_t pid) {
    return loop_ != nullptr ? agent_.ruled_terms(pid) : terms_of(Owner());
}

Result<Choices> RequestDesk::reset(std::uint32_t pid) {
    const Result<MachineState*> known = state();
    if (!known) {
        return std::unexpected(known.error());
    }
    Result<Choices> back = (*known)->reset(pid, agent_.ruled_terms(pid));
    if (back) {
        journal_choices(pid, *back);
        agent_.forget(pid, *back);
        static_cast<void>(then_replan({}, "reset-terms", pid));
    }
    return back;
}

std::optional<std::uint32_t> RequestDesk::only_uid(std::uint32_t pid) {
    return loop_ != nullptr ? agent_.only_uid(pid) : std::nullopt;
}

std::optional<std::uint32_t> RequestDesk::only_uid_behind(int pidfd) {
    return loop_ != nullptr ? agent_.only_uid_behind(pidfd) : std::nullopt;
}

Result<OwnerId> RequestDesk::owner_behind(int pidfd) {
    if (const Result<MachineState*> known = state(); !known) {
        return std::unexpected(known.error());
    }
    return agent_.owner_behind(pidfd);
}

Result<std::uint32_t> RequestDesk::register_task(int pidfd, const TaskWish& task) {
    if (const Result<MachineState*> known = state(); !known) {
        return std::unexpected(known.error());
    }
    Result<std::uint32_t> pid = agent_.register_task(pidfd, task);
    if (pid) {
        static_cast<void>(then_replan({}, "register-task", *pid));
    }
    return pid;
}

Result<SelfRegistration> RequestDesk::register_self(int pidfd) {
    if (const Result<MachineState*> known = state(); !known) {
        return std::unexpected(known.error());
    }
    return agent_.register_self(pidfd);
}

LagFigures RequestDesk::tick_lag() {
    return loop_ != nullptr ? agent_.tick_lag() : LagFigures{};
}

Result<ReloadReport> RequestDesk::reload() {
    if (const Result<MachineState*> known = state(); !known) {
        return std::unexpected(known.error());
    }
    Result<ReloadReport> report = agent_.reload();
    if (report) {
        trace_.requested("reload", 0, monotonic_now());
        agent_.replan();
    }
    return report;
}

Result<MachineState*> RequestDesk::state_to_hold(Duration longest) const {
    const Result<MachineState*> known = state();
    if (!known) {
        return known;
    }
    if (longest <= Duration::zero()) {
        return fail("a preemption has to last longer than nothing");
    }
    if (longest > longest_preemption) {
        return fail("a preemption lasts at most 60 seconds: ask again before it ends");
    }
    if (!(*known)->snapshot().preemption_enabled) {
        return fail("preemption is disabled (PreemptionEnabled is false)");
    }
    if ((*known)->snapshot().dry_run) {
        return fail("nothing is suspended in a dry run (DryRun is true)");
    }
    return known;
}

Result<> RequestDesk::preempt(std::uint32_t pid, Duration longest) {
    const Result<MachineState*> known = state_to_hold(longest);
    return then_replan(
        known ? (*known)->hold(pid, monotonic_now() + longest) : std::unexpected(known.error()),
        "preempt",
        pid);
}

Result<> RequestDesk::resume(std::uint32_t pid) {
    const Result<MachineState*> known = state();
    return then_replan(
        known ? (*known)->let_go(pid) : std::unexpected(known.error()), "resume", pid);
}

Result<> RequestDesk::preempt_queue(const NamedQueue& queue, Duration longest) {
    const Result<MachineState*> known = state_to_hold(longest);
    return then_replan(
        known ? (*known)->hold(queue, monotonic_now() + longest) : std::unexpected(known.error()),
        "preempt-queue",
        queue.pid);
}

Result<> RequestDesk::resume_queue(const NamedQueue& queue) {
    const Result<MachineState*> known = state();
    return then_replan(known ? (*known)->let_go(queue) : std::unexpected(known.error()),
                       "resume-queue",
                       queue.pid);
}

Result<> RequestDesk::set_policy(std::string_view name, const PolicySettings& settings) {
    Result<std::unique_ptr<Policy>> policy = make_policy(name, settings);
    if (!policy) {
        return std::unexpected(std::move(policy).error());
    }
    if (const Result<MachineState*> known = state(); !known) {
        return std::unexpected(known.error());
    }
    // One that is not followed afterwards: what it has seen twice could confuse it.
    const std::unique_ptr<Policy> trial = *make_policy(name, settings);
    if (const std::optional<PolicyFault> fault = loop_->try_out(*trial)) {
        return fail(EPROTO, sentence_of(*fault, loop_->state().snapshot()));
    }
    journal(Severity::info, "the policy is " + std::string(name) + " by request over D-Bus");
    loop_->follow(std::move(*policy));
    agent_.followed(name, settings);
    return then_replan({}, "set-policy", 0);
}

Result<std::vector<Explanation>> RequestDesk::explain(OwnerId owner) {
    const Result<MachineState*> known = state();
    if (!known) {
        return std::unexpected(known.error());
    }
    return penstock::explain((*known)->snapshot(), loop_->decision(), owner);
}

Result<> RequestDesk::enable_preemption(bool enabled) {
    const Result<MachineState*> known = state();
    if (!known) {
        return std::unexpected(known.error());
    }
    if ((*known)->snapshot().preemption_enabled != enabled) {
        journal(Severity::notice,
                enabled ? "preemption is enabled" : "preemption is disabled; everybody is resumed",
                enabled ? events::preemption_enabled : events::preemption_disabled);
    }
    (*known)->enable_preemption(enabled);
    if (!enabled) {
        if (Result<std::uint32_t> resumed = gate_.resume_all(monotonic_now()); !resumed) {
            return std::unexpected(std::move(resumed).error());
        }
    }
    return then_replan({}, enabled ? "enable-preemption" : "disable-preemption", 0);
}

Result<> RequestDesk::set_dry_run(bool dry) {
    const Result<MachineState*> known = state();
    if (!known) {
        return std::unexpected(known.error());
    }
    if ((*known)->snapshot().dry_run != dry) {
        journal(Severity::notice,
                dry ? "a dry run has begun; everybody is resumed"
                    : "the dry run is over; what the policy decides is carried out",
                dry ? events::dry_run_begun : events::dry_run_over);
    }
    (*known)->set_dry_run(dry);
    if (dry) {
        (*known)->let_all_go();
        if (Result<std::uint32_t> resumed = gate_.resume_all(monotonic_now()); !resumed) {
            return std::unexpected(std::move(resumed).error());
        }
    }
    return then_replan({}, dry ? "begin-dry-run" : "end-dry-run", 0);
}

Result<> RequestDesk::aim(std::uint32_t node, double target) {
    const Result<MachineState*> known = state();
    return then_replan(
        known ? (*known)->aim(node, target) : std::unexpected(known.error()), "aim", 0);
}

Result<std::uint32_t> RequestDesk::resume_all() {
    const Result<MachineState*> known = state();
    if (!known) {
        return std::unexpected(known.error());
    }
    (*known)->let_all_go();
    agent_.let_go();
    Result<std::uint32_t> resumed = gate_.resume_all(monotonic_now());
    if (resumed) {
        // The next tick sends the orders again: who has to yield then, yields again.
        trace_.requested("resume-all", 0, monotonic_now());
        agent_.replan();
    }
    return resumed;
}

Result<> RequestDesk::then_replan(Result<> accepted, std::string_view request, std::uint32_t pid) {
    if (accepted) {
        trace_.requested(request, pid, monotonic_now());
        agent_.replan();
    }
    return accepted;
}

}  // namespace penstock
