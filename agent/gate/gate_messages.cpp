// SPDX-License-Identifier: Apache-2.0
//
// What each message of the agent makes the core do.

#include <algorithm>

#include "agent/gate/gate_core.h"

namespace penstock::gate {
namespace {

// As many as fit the longest message with room to spare.
constexpr std::size_t most_samples = 2048;

template <typename... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};

}  // namespace

void GateCore::receive(const wire::ToGate& message, std::vector<Fd> attached, TimePoint now) {
    std::visit(
        Overloaded{
            [&](const wire::Hello&) { say(4, "a second Hello is ignored"); },
            [&](const wire::Adopt& adopt) { take(adopt, std::move(attached), now); },
            [&](const wire::AddQueue& add) { take(add, now); },
            [&](const wire::RemoveQueue& gone) { roster_.remove(gone.key); },
            [&](const wire::Release& release) { take(release); },
            [&](const wire::Order& order) { take(order, now); },
            [&](const wire::ResumeAll& all) {
                const std::uint32_t queues = resume_all();
                ports_.outbox.report(wire::AllResumed{.serial = all.serial, .queues = queues});
            },
            [&](const wire::TakeSamples& samples) { take(samples, now); },
            [&](const wire::Ping& ping) {
                ports_.outbox.report(wire::Pong{.serial = ping.serial});
            },
        },
        message);
}

void GateCore::take(const wire::Adopt& request, std::vector<Fd> attached, TimePoint now) {
    Fd pidfd = attached.empty() ? Fd() : std::move(attached.front());
    roster_.adopt(request, std::move(pidfd));
    if (Session* session = roster_.find(request.owner)) {
        queues_appeared(*session, now);
    }
}

void GateCore::take(const wire::AddQueue& request, TimePoint now) {
    if (Result<> added = roster_.add(request.queue); !added) {
        say(4, added.error().message());
        return;
    }
    Session* session = roster_.find(request.queue.key.owner);
    const CaredQueue* queue = session->queues().find(request.queue.key.number);
    if (session->attached() && !queue->may_be_suspended()) {
        roster_.refresh(*session);  // The driver knows its type.
    }
    queues_appeared(*session, now);
}

void GateCore::take(const wire::Release& request) {
    Session* session = roster_.find(request.owner);
    if (session == nullptr) {
        return;  // It died meanwhile, which the agent will learn.
    }
    roster_.lose(request.owner, "released");
    close(request.owner);
}

void GateCore::take(const wire::Order& request, TimePoint now) {
    Desk* desk = desk_for(request.order.gpu);
    if (desk == nullptr) {
        say(3, "an order for more devices than the gate can serve is ignored");
        return;
    }
    desk->follow(request.order, now);
    act(*desk, now);
}

void GateCore::take(const wire::TakeSamples& request, TimePoint now) {
    wire::Sampled answer{.serial = request.serial};
    for (Desk& desk : desks_) {
        for (auto& [owner, session] : roster_.sessions()) {
            desk.look_at_owner(session, now, &answer.queues);
        }
    }
    answer.queues.resize(std::min(answer.queues.size(), most_samples));
    std::ranges::sort(answer.queues, {}, &wire::SampledQueue::key);
    // A look is as good as a move: one that BPF lost is found here at the latest.
    act_everywhere(now);
    ports_.outbox.report(std::move(answer));
}

}  // namespace penstock::gate
