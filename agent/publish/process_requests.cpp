// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/process_requests.h"

#include <fmt/format.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX, not in <csignal>.

#include <algorithm>
#include <cerrno>
#include <utility>

#include "agent/publish/figures.h"
#include "policies/single_queues.h"

namespace penstock::dbus {
namespace {

// Linux' PID_MAX_LIMIT on 64 bits.
constexpr std::uint32_t highest_pid = 4194304;

Answer<> may_be_preempted(const ProcessObject& process) {
    if (!process.surface.manager.preemption_enabled) {
        return refuse(error::preemption_disabled,
                      "preemption is disabled: set the manager's PreemptionEnabled to true first");
    }
    if (process.surface.manager.dry_run) {
        return refuse(error::preemption_disabled,
                      "nothing is suspended in a dry run: set the manager's DryRun to false first");
    }
    if (!process.owner.preemptible) {
        return refuse(
            error::not_supported,
            fmt::format("process {} is exempt from preemption: set its Preemptible to true "
                        "first",
                        process.owner.pid));
    }
    if (process.owner.level == PreemptionLevel::none) {
        const std::string& reason = process.owner.level_reason;
        return refuse(
            error::not_supported,
            fmt::format("process {} can not be preempted: {}",
                        process.owner.pid,
                        reason.empty() ? "no way to suspend its queues is known yet" : reason));
    }
    return {};
}

// Whether the process, or a part of it, can be preempted for so long.
Answer<> may_preempt(const ProcessObject& process, std::uint64_t max_usec) {
    const Surface& surface = process.surface;
    const std::uint64_t longest = usec_of(surface.limits.longest_hold);
    if (max_usec == 0 || max_usec > longest) {
        return refuse(error::invalid_args,
                      fmt::format("{} us is out of range: a process can be preempted for 1..{} us",
                                  max_usec,
                                  longest));
    }
    return may_be_preempted(process);
}

Duration length_of(std::uint64_t usec) {
    return std::chrono::microseconds(static_cast<std::int64_t>(usec));
}

NamedQueue named(const ProcessObject& process, OwnQueue queue) {
    return {.pid = process.owner.pid, .gpu = queue.gpu, .number = queue.number};
}

Answer<const Queue*> find_own(const ProcessObject& process, OwnQueue queue) {
    const QueueKey key{.owner = process.owner.id, .gpu = queue.gpu, .number = queue.number};
    const auto found = std::ranges::find(process.queues, key, &Queue::key);
    if (found != process.queues.end()) {
        return &*found;
    }
    return refuse(error::no_such_queue,
                  fmt::format("process {} has no queue {} on device {}: ListQueues shows those it "
                              "has",
                              process.owner.pid,
                              queue.number,
                              queue.gpu.value));
}

}  // namespace

ProcessObject* find_target(const Surface& surface, const Target& target) {
    const auto found = surface.processes.find(target.pid);
    const bool same = found != surface.processes.end() && found->second->owner.id == target.id;
    return same ? found->second.get() : nullptr;
}

Answer<> check_pid(std::uint32_t pid) {
    if (pid == 0 || pid > highest_pid) {
        return refuse(error::invalid_args,
                      fmt::format("{} is not a pid: pids are 1..{}", pid, highest_pid));
    }
    return {};
}

Answer<ProcessObject*> find_process(const Surface& surface, std::uint32_t pid) {
    if (const Answer<> good = check_pid(pid); !good) {
        return std::unexpected(good.error());
    }
    const auto found = surface.processes.find(pid);
    if (found != surface.processes.end()) {
        return found->second.get();
    }
    if (::kill(static_cast<pid_t>(pid), 0) < 0 && errno == ESRCH) {
        return refuse(error::no_such_process, fmt::format("there is no process {}", pid));
    }
    return refuse(error::not_managed,
                  fmt::format("process {} is not managed: it has no compute queue", pid));
}

Answer<> preempt(ProcessObject& process, const Caller& /*caller*/, std::uint64_t max_usec) {
    if (Answer<> allowed = may_preempt(process, max_usec); !allowed) {
        return allowed;
    }
    const Result<> done = process.surface.requests.preempt(process.owner.pid, length_of(max_usec));
    return done ? Answer<>{} : refuse(done.error());
}

Answer<> resume(ProcessObject& process, const Caller& /*caller*/) {
    Surface& surface = process.surface;
    const Result<> done = surface.requests.resume(process.owner.pid);
    return done ? Answer<>{} : refuse(done.error());
}

Answer<> preempt_queue(ProcessObject& process,
                       const Caller& /*caller*/,
                       OwnQueue queue,
                       std::uint64_t max_usec) {
    if (Answer<> allowed = may_preempt(process, max_usec); !allowed) {
        return allowed;
    }
    const Answer<const Queue*> found = find_own(process, queue);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (std::string reason = why_not_held(process.owner, **found); !reason.empty()) {
        return refuse(error::not_supported, std::move(reason));
    }
    const Result<> done =
        process.surface.requests.preempt_queue(named(process, queue), length_of(max_usec));
    return done ? Answer<>{} : refuse(done.error());
}

Answer<> resume_queue(ProcessObject& process, const Caller& /*caller*/, OwnQueue queue) {
    Surface& surface = process.surface;
    if (const Answer<const Queue*> found = find_own(process, queue); !found) {
        return std::unexpected(found.error());
    }
    const Result<> done = surface.requests.resume_queue(named(process, queue));
    return done ? Answer<>{} : refuse(done.error());
}

}  // namespace penstock::dbus
