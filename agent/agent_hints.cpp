// SPDX-License-Identifier: Apache-2.0
//
// The agent and what processes say of themselves: whose hint pages it reads.

#include <cerrno>

#include "agent/agent.h"
#include "agent/probes/queues/owner_identity.h"
#include "base/journal.h"
#include "base/pidfd.h"
#include "base/text.h"

namespace penstock {

void Agent::watch_hints() {
    probes_.ask(hints_);
    Result<EventSource> source = events_.on_readable(hints_.fd(), [this] { hints_.bury(); });
    if (source) {
        hint_deaths_ = std::move(*source);
    } else {
        journal(Severity::warning,
                "hint pages of processes that have ended are kept: " + source.error().message());
    }
}

OwnerId Agent::owner_that_is(const Incarnation& process) const {
    const QueueTracker& tracker = sensing_.tracker();
    const OwnerId owner = tracker.owner_with(process.pid);
    return tracker.incarnation_of(owner) == process ? owner : OwnerId{};
}

// The descriptor is looked at last: what was read before was about this very process.
Result<SelfRegistration> Agent::register_self(int pidfd) {
    const Result<std::uint32_t> pid = pid_behind(pidfd);
    if (!pid) {
        return std::unexpected(pid.error());
    }
    const Result<Incarnation> process = Incarnation::of(proc_, *pid);
    const auto status = proc_.read(std::to_string(*pid) + "/status");
    const auto uid = status ? real_uid(*status) : std::unexpected(status.error());
    if (!process || !uid || !is_alive(pidfd)) {
        return fail(ESRCH, "look at process " + std::to_string(*pid));
    }
    if (const auto group = value_of(*status, "Tgid");
        !group || trimmed(*group) != std::to_string(*pid)) {
        return fail("the descriptor is that of a thread, and not of a process");
    }
    Result<Fd> page = hints_.open(*process, pidfd, *uid);
    if (!page) {
        return std::unexpected(std::move(page).error());
    }
    return SelfRegistration{.pid = *pid, .page = *std::move(page)};
}

}  // namespace penstock
