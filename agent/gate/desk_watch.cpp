// SPDX-License-Identifier: Apache-2.0
//
// What a desk sees of its device's queues: by asking for moves, and by looking itself.

#include <algorithm>

#include "agent/gate/desk.h"

namespace penstock::gate {

// Asks for the next move of every owner that is idle, or about to be, and looks once for what was
// missed before. True when that found work.
bool Desk::attend_idle_owners(TimePoint now) {
    needs_sampling_ = false;
    needs_patrol_ = false;
    bool found = false;
    for (auto& [owner, session] : roster_.sessions()) {
        found = attend(session, now) || found;
    }
    return found;
}

bool Desk::attend(Session& session, TimePoint now) {
    const OwnerId owner = session.owner();
    const bool idle = executor_.wants_moves(owner);
    bool found = false;
    for (CaredQueue& queue : session.queues().all()) {
        if (queue.at.key.gpu != gpu_) {
            continue;
        }
        needs_sampling_ = needs_sampling_ || executor_.wants_sampling(owner);
        if (holds(queue) || !computes(queue)) {
            queue.attended = false;  // If held, it is looked at again when it runs.
            continue;
        }
        needs_patrol_ = needs_patrol_ || (idle && wants_patrol(queue));
        if (!idle) {
            queue.attended = false;
        } else if (!std::exchange(queue.attended, true) && has_unseen_work(queue, session)) {
            const std::uint64_t written = queue.last_written.value_or(0);
            moved({.cause = owner, .written = written, .seen = now, .woken = now});
            found = true;
        }
    }
    return found;
}

bool Desk::has_unseen_work(CaredQueue& queue, Session& session) {
    if (watched(queue)) {
        moves_->arm(queue.at.slot);
    }
    if (session.memory() == nullptr) {
        return false;
    }
    const Look look = look_at(queue, *session.memory());
    return look.sight == Sight::work || look.moved;
}

void Desk::look_around(TimePoint now) {
    for (auto& [owner, session] : roster_.sessions()) {
        const bool sampled = executor_.wants_sampling(owner);
        const bool idle = executor_.wants_moves(owner);
        const bool patrolled =
            idle && std::ranges::any_of(session.queues().all(), [&](const CaredQueue& queue) {
                return queue.at.key.gpu == gpu_ && wants_patrol(queue);
            });
        if (sampled || patrolled) {
            look_at_owner(session, now, Trust::nobody, nullptr);
        }
    }
    last_look_ = now;
}

Look Desk::look(CaredQueue& queue, Session& session, Trust trust) const {
    if (trust == Trust::resting && queue.resting_at && queue.attended && watched(queue)) {
        return {.sight = Sight::empty,
                .pointers = {.written = *queue.resting_at, .read = *queue.resting_at}};
    }
    return session.memory() != nullptr ? look_at(queue, *session.memory()) : Look{};
}

void Desk::take_into(Glance& glance, const Look& look) {
    if (look.sight == Sight::work || look.moved) {
        glance.written = look.pointers.written;
    }
    glance.work = glance.work || look.sight == Sight::work;
    glance.moved = glance.moved || look.moved;
}

void Desk::look_at_owner(Session& session,
                         TimePoint now,
                         Trust trust,
                         std::vector<wire::SampledQueue>* seen) {
    Glance glance;
    for (CaredQueue& queue : session.queues().all()) {
        if (queue.at.key.gpu != gpu_) {
            continue;
        }
        const Look look = this->look(queue, session, trust);
        if (!holds(queue) && computes(queue)) {
            take_into(glance, look);
        }
        if (seen != nullptr) {
            seen->push_back({.key = queue.at.key,
                             .known = look.sight != Sight::unknown,
                             .written = look.pointers.written,
                             .read = look.pointers.read});
        }
    }
    conclude(session.owner(), glance, now);
}

void Desk::conclude(OwnerId owner, const Glance& glance, TimePoint now) {
    // What moved and is empty again had work in between: its settle time starts anew.
    if (glance.work || glance.moved) {
        moved({.cause = owner, .written = glance.written, .seen = now, .woken = now});
    }
    // Queues that can not be read, or lie, are no reason for others to stay suspended.
    if (!glance.work) {
        executor_.drained(owner, now);
    }
}

bool Desk::watched(const CaredQueue& queue) const {
    return moves_ != nullptr && queue.at.slot != wire::no_slot;
}

bool Desk::wants_patrol(const CaredQueue& queue) const {
    return !watched(queue) && can_be_looked_at(queue) && computes(queue) && !holds(queue);
}

}  // namespace penstock::gate
