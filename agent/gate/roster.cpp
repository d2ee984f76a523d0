// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/roster.h"

#include <algorithm>

namespace penstock::gate {

void Roster::use_slots(std::uint32_t count) {
    slots_.assign(std::min(count, most_slots), {});
}

Session* Roster::find(OwnerId owner) {
    const auto place = sessions_.find(owner);
    return place != sessions_.end() ? &place->second : nullptr;
}

Session* Roster::with_pid(std::uint32_t pid) {
    const auto place =
        std::ranges::find_if(sessions_, [&](const auto& each) { return each.second.pid() == pid; });
    return place != sessions_.end() ? &place->second : nullptr;
}

Session* Roster::with_fd(int fd) {
    const auto place = std::ranges::find_if(sessions_, [&](const auto& each) {
        return each.second.pidfd() == fd || each.second.events() == fd;
    });
    return place != sessions_.end() ? &place->second : nullptr;
}

SlotUse Roster::at_slot(std::uint32_t slot) {
    if (slot >= slots_.size()) {
        return {};
    }
    Session* session = find(slots_[slot].owner);
    CaredQueue* queue = session != nullptr ? session->queues().find(slots_[slot].number) : nullptr;
    // A queue that has moved to another slot no longer speaks through this one.
    if (queue == nullptr || queue->at.slot != slot) {
        return {};
    }
    return {.session = session, .queue = queue};
}

void Roster::adopt(const wire::Adopt& request, Fd pidfd) {
    const Result<Session*> session = session_for(request, std::move(pidfd));
    if (!session) {
        ports_.outbox.report(wire::Adopted{.owner = request.owner,
                                           .level = PreemptionLevel::none,
                                           .reason = session.error().message()});
        return;
    }
    (*session)->forgive(request.may_evict);
    climb(**session);
}

void Roster::cooperate(const wire::Cooperate& request, Fd socket) {
    if (Session* session = find(request.owner)) {
        session->cooperate({.socket = std::move(socket), .abilities = request.abilities});
        climb(*session);
    }
}

Result<Session*> Roster::session_for(const wire::Adopt& request, Fd pidfd) {
    Session* session = find(request.owner);
    if (session != nullptr && session->pid() == request.pid) {
        return session;
    }
    if (session != nullptr) {
        return fail("the owner is process " + std::to_string(session->pid()) + ", not " +
                    std::to_string(request.pid));
    }
    if (sessions_.size() >= most_owners) {
        return fail("the gate cares for " + std::to_string(most_owners) +
                    " processes already, which is its limit");
    }
    const auto pid = static_cast<pid_t>(request.pid);
    if (Result<> alive = ports_.processes.check(pidfd.get(), pid); !alive) {
        return std::unexpected(std::move(alive).error());
    }
    if (with_pid(request.pid) != nullptr) {
        return fail("process " + std::to_string(request.pid) +
                    " is in the gate's care as another owner");
    }
    const auto made =
        sessions_.try_emplace(request.owner, ports_, request.owner, request.pid, std::move(pidfd));
    session = &made.first->second;
    ports_.wakeups.watch(session->pidfd());
    return session;
}

void Roster::climb(Session& session) {
    const std::vector<wire::QueueAt> found = session.climb();
    if (session.events() >= 0) {
        ports_.wakeups.watch(session.events());
    }
    const auto pid = static_cast<pid_t>(session.pid());
    ports_.outbox.report(
        wire::Adopted{.owner = session.owner(),
                      .level = session.level(),
                      .reason = session.reason(),
                      .program = ports_.processes.program_of(session.pidfd(), pid)});
    report_found(found);
}

Result<> Roster::add(const wire::QueueAt& queue) {
    Session* session = find(queue.key.owner);
    if (session == nullptr) {
        return fail("a queue of owner " + std::to_string(queue.key.owner.value) +
                    ", which is not in the gate's care");
    }
    if (session->queues().suspended_another(queue)) {
        refresh(*session);  // News of queues may be older than what the driver has told us.
    }
    CaredQueue* kept = session->queues().suspended_another(queue)
                           ? session->queues().find(queue.key.number)
                           : session->queues().put(queue);
    if (kept == nullptr) {
        return fail("process " + std::to_string(session->pid()) +
                    " has more queues than KFD allows");
    }
    const bool watched = queue.slot < slots_.size();
    kept->at.slot = watched ? queue.slot : wire::no_slot;
    kept->attended = false;
    if (watched) {
        slots_[queue.slot] = queue.key;
    }
    return {};
}

void Roster::remove(const QueueKey& key) {
    if (Session* session = find(key.owner)) {
        session->forget(key.number);
    }
}

void Roster::refresh(Session& session) {
    report_found(session.refresh());
}

void Roster::report_found(const std::vector<wire::QueueAt>& found) {
    for (const wire::QueueAt& queue : found) {
        ports_.outbox.report(wire::FoundQueue{queue});
    }
}

void Roster::lose(OwnerId owner, const std::string& reason) {
    Session* session = find(owner);
    if (session == nullptr || session->level() == PreemptionLevel::none) {
        return;
    }
    resume_all_of(*session, reason);
    climb(*session);
}

void Roster::release(OwnerId owner) {
    if (Session* session = find(owner)) {
        resume_all_of(*session, "released");
        close(owner);
    }
}

void Roster::resume_all_of(Session& session, const std::string& why) {
    const std::vector<GpuId> devices = session.suspended_on();
    session.fall(why);
    for (const GpuId gpu : devices) {
        ports_.outbox.report(wire::Acted{
            .owner = session.owner(), .gpu = gpu, .verb = Verb::resume, .reason = Reason::release});
    }
}

std::optional<TimePoint> Roster::next_deadline() const {
    std::optional<TimePoint> next;
    for (const auto& [owner, session] : sessions_) {
        const std::optional<TimePoint> wanted = session.deadline();
        if (wanted && (!next || *wanted < *next)) {
            next = wanted;
        }
    }
    return next;
}

void Roster::close(OwnerId owner) {
    sessions_.erase(owner);
}

}  // namespace penstock::gate
