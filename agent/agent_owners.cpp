// SPDX-License-Identifier: Apache-2.0
//
// The agent and its owners: they come and go, are taken into the gate's care, and may cooperate.

#include <cerrno>

#include "agent/agent.h"
#include "agent/config/name_patterns.h"
#include "agent/process_origin.h"
#include "base/clock.h"
#include "base/journal.h"
#include "base/pidfd.h"

namespace penstock {

void Agent::open_door() {
    if (options_.client_socket.empty()) {
        return;
    }
    Result<ClientDoor> door = ClientDoor::open(options_.client_socket, [this](std::uint32_t pid) {
        if (const OwnerId owner = sensing_.tracker().owner_with(pid); owner != OwnerId{}) {
            offer_cooperation(owner);
        }
    });
    if (!door) {
        door_trouble_ = "nobody can cooperate: " + door.error().message();
        journal(Severity::warning, door_trouble_);
        return;
    }
    door_.emplace(std::move(*door));
    Result<EventSource> source =
        events_.on_readable(door_->fd(), [this] { door_->serve(monotonic_now()); });
    if (source) {
        door_events_ = std::move(*source);
    }
}

void Agent::owner_appeared(const Owner& owner, int pidfd) {
    if (greeting_) {
        adopt(owner.id);
        return;
    }
    Owner known = owner;
    settle_terms(known);
    adopt(owner.id);
    probes_.note(QueueEvent(OwnerAppeared{std::move(known)}));
    Result<EventSource> death = events_.on_readable(pidfd, [this, id = owner.id] {
        dead_.insert(id);
        soon();
    });
    if (death) {
        deaths_.insert_or_assign(owner.id, std::move(*death));
    }
}

// What a client said of it before this agent began counts most, then its job, and then the rules.
void Agent::settle_terms(Owner& owner) {
    const config::Identity identity = identity_of(owner.id, owner.pid);
    const Incarnation process = sensing_.tracker().incarnation_of(owner.id);
    owner.origin = shown_of(identity);
    config::Grant granted = config::grant(configuration_.rules, identity);
    apply(granted.terms, owner);
    grants_.insert_or_assign(owner.id, std::move(granted));
    if (const Task* task =
            tasks_.find_or_inherit(process, sensing_.tracker().pidfd_of(owner.id), owner.uid)) {
        apply(task->terms, owner);
        owner.origin.job = task->job;
    }
    apply(kept_.find(process), owner);
}

void Agent::keep(std::uint32_t pid, const Choices& choices) {
    const QueueTracker& tracker = sensing_.tracker();
    const Incarnation process = tracker.incarnation_of(tracker.owner_with(pid));
    if (process == Incarnation{}) {
        return;
    }
    if (const Result<> kept = kept_.keep(process, choices); !kept) {
        journal(Severity::warning,
                "the next agent will not know what was set for process " + std::to_string(pid) +
                    ": " + kept.error().message());
    }
}

void Agent::forget(std::uint32_t pid, const Choices& choices) {
    const QueueTracker& tracker = sensing_.tracker();
    const Incarnation process = tracker.incarnation_of(tracker.owner_with(pid));
    if (const Result<> forgotten = kept_.forget(process, choices); !forgotten) {
        journal(Severity::warning,
                "the next agent will find what was set for process " + std::to_string(pid) +
                    " before it was reset: " + forgotten.error().message());
    }
}

Choices Agent::ruled_terms(std::uint32_t pid) const {
    Choices terms = terms_of(Owner());
    const OwnerId owner = sensing_.tracker().owner_with(pid);
    if (const auto granted = grants_.find(owner); granted != grants_.end()) {
        apply(granted->second.terms, terms);
    }
    if (const Task* task = tasks_.find(sensing_.tracker().incarnation_of(owner))) {
        apply(task->terms, terms);
    }
    return terms;
}

Result<OwnerId> Agent::owner_behind(int pidfd) const {
    const Result<std::uint32_t> pid = pid_behind(pidfd);
    if (!pid) {
        return std::unexpected(pid.error());
    }
    const OwnerId owner = sensing_.tracker().owner_with(*pid);
    // One that has ended is buried with the next tick: until then it must not stand for the next
    // process with its pid.
    if (owner == OwnerId{} || !is_alive(sensing_.tracker().pidfd_of(owner))) {
        return fail(ESRCH, "find the queues of process " + std::to_string(*pid));
    }
    return owner;
}

// A rule knows more of a process than its name, so that its word counts, also when it is no.
bool Agent::may_evict(OwnerId owner) {
    const auto granted = grants_.find(owner);
    const auto said = granted != grants_.end() ? granted->second.may_evict : std::nullopt;
    return said ? *said : matches_any(settings().may_evict, sensing_.tracker().command_of(owner));
}

void Agent::adopt(OwnerId owner) {
    const QueueTracker& tracker = sensing_.tracker();
    const wire::Adopt request{
        .owner = owner, .pid = tracker.pid_of(owner), .may_evict = may_evict(owner)};
    // A gate that is lost here learns of the owner when the next one is greeted.
    static_cast<void>(gate_.send(request, {tracker.pidfd_of(owner)}));
    offer_cooperation(owner);
}

// Hands the process' connection to the gate, if it has one. Our copy is closed at once: while it
// were open, the process would not notice the gate's death.
void Agent::offer_cooperation(OwnerId owner) {
    const QueueTracker& tracker = sensing_.tracker();
    if (!door_ || !gate_.running() || dead_.contains(owner)) {
        return;
    }
    if (const std::optional<ClientDoor::Greeted> greeted = door_->take(tracker.pid_of(owner))) {
        const wire::Cooperate offer{.owner = owner, .abilities = greeted->abilities};
        static_cast<void>(gate_.send(offer, {greeted->connection.get()}));
    }
}

void Agent::owner_vanished(OwnerId owner) {
    deaths_.erase(owner);
    refused_.erase(owner);
    grants_.erase(owner);
    programs_.erase(owner);
    probes_.note(QueueEvent(OwnerVanished{owner}));
    static_cast<void>(gate_.send(wire::Release{.owner = owner}));
}

void Agent::queue_appeared(const wire::QueueAt& queue) {
    const OwnerId owner = queue.key.owner;
    if (!greeting_ && refused_.erase(owner) != 0) {
        // What stood in the way may be gone: a debugger that left, a runtime that started anew. Not
        // tried more often, because each attempt stops the process for a moment.
        adopt(owner);
    }
    static_cast<void>(gate_.send(wire::AddQueue{queue}));
    if (!greeting_) {
        probes_.note(QueueEvent(
            QueueAppeared{{.key = queue.key, .type = queue.type, .ring_bytes = queue.ring_bytes}}));
    }
}

void Agent::queue_vanished(QueueKey queue) {
    probes_.note(QueueEvent(QueueVanished{queue}));
    static_cast<void>(gate_.send(wire::RemoveQueue{queue}));
}

}  // namespace penstock
