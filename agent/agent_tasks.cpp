// SPDX-License-Identifier: Apache-2.0
//
// The agent and the tasks of jobs: who is registered as one, and runs on his job's terms.

#include <array>
#include <cerrno>

#include "agent/agent.h"
#include "agent/choice_lines.h"
#include "agent/probes/queues/owner_identity.h"
#include "agent/process_origin.h"
#include "base/journal.h"
#include "base/pidfd.h"
#include "policies/lookup.h"

namespace penstock {
namespace {

// What clients have set stays as they set it.
Choices without_clients(const Choices& ruled, const Owner& owner) {
    Choices terms = ruled;
    each_term([&](const auto& term) {
        if ((owner.*term.source).starts_with(client_source)) {
            (terms.*term.choice).reset();
        }
    });
    return terms;
}

void journal_task(std::uint32_t pid, const TaskWish& wish) {
    const std::array<JournalField, 4> fields{
        {{.name = "PENSTOCK_PID", .value = std::to_string(pid)},
         {.name = "PENSTOCK_JOB", .value = wish.job},
         {.name = "PENSTOCK_JOB_USER", .value = wish.job_user},
         {.name = "OBJECT_PID", .value = std::to_string(pid)}}};
    journal(Severity::info,
            "process " + std::to_string(pid) + " is a task of job " + wish.job +
                (wish.job_user.empty() ? "" : " of " + wish.job_user),
            events::task_registered,
            fields);
    journal_choices(pid, wish.terms);
}

}  // namespace

void Agent::watch_tasks() {
    Result<EventSource> source = events_.on_readable(tasks_.fd(), [this] { tasks_.bury(); });
    if (source) {
        task_deaths_ = std::move(*source);
    } else {
        journal(Severity::warning,
                "tasks that have ended are found late: " + source.error().message());
    }
}

Result<std::uint32_t> Agent::register_task(int pidfd, const TaskWish& wish) {
    const Result<std::uint32_t> pid = pid_behind(pidfd);
    if (!pid) {
        return pid;
    }
    const Result<Incarnation> process = Incarnation::of(proc_, *pid);
    const auto status = proc_.read(std::to_string(*pid) + "/status");
    // Of a program with the rights of several users, it counts for who started it.
    const auto uid = status ? real_uid(*status) : std::unexpected(status.error());
    if (!process || !uid || !is_alive(pidfd)) {
        return fail(ESRCH, "look at process " + std::to_string(*pid));
    }
    if (wish.uid && penstock::only_uid(*status) != std::to_string(*wish.uid)) {
        return fail(EPERM,
                    "process " + std::to_string(*pid) + " does not belong to uid " +
                        std::to_string(*wish.uid) + " alone");
    }
    Result<> done =
        tasks_.enrol(*process, pidfd, {.terms = wish.terms, .job = wish.job, .uid = *uid});
    if (tasks_.find(*process) == nullptr) {
        return std::unexpected(std::move(done).error());
    }
    if (!done) {
        journal(Severity::warning,
                "the next agent will not know what job process " + std::to_string(*pid) +
                    " belongs to: " + done.error().message());
    }
    journal_task(*pid, wish);
    hold_to_task(sensing_.tracker().owner_with(*pid));
    return pid;
}

// Of one that has queues already: terms that the job left to the rules before are theirs again.
void Agent::hold_to_task(OwnerId owner) {
    const QueueTracker& tracker = sensing_.tracker();
    const Owner* known = find_owner(loop_->state().snapshot(), owner);
    const Task* task = tasks_.find(tracker.incarnation_of(owner));
    if (known == nullptr || task == nullptr) {
        return;
    }
    ProcessOrigin origin = known->origin;
    origin.job = task->job;
    static_cast<void>(
        loop_->state().choose(known->pid, without_clients(ruled_terms(known->pid), *known)));
    loop_->state().note_origin(owner, origin);
}

ProcessOrigin Agent::origin_told(OwnerId owner, const config::Identity& identity) const {
    ProcessOrigin origin = shown_of(identity);
    if (const Task* task = tasks_.find(sensing_.tracker().incarnation_of(owner))) {
        origin.job = task->job;
    }
    return origin;
}

}  // namespace penstock
