// SPDX-License-Identifier: Apache-2.0
//
// What each message of the agent makes the core do.

#include <algorithm>

#include "agent/gate/gate_core.h"

namespace penstock::gate {
namespace {

// As many as fit the longest message with room to spare.
constexpr std::size_t most_samples = 2048;

// So often nobody is trusted: a move that BPF lost is found then, if not before.
constexpr std::uint32_t thorough_every = 10;

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
            [&](const wire::RemoveQueue& gone) { take(gone); },
            [&](const wire::Release& release) { take(release); },
            [&](const wire::Cooperate& offer) { take(offer, std::move(attached), now); },
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
    if (queue->at.type == QueueType::unknown) {
        roster_.refresh(*session);  // The driver knows its type.
    }
    queues_appeared(*session, now);
}

void GateCore::take(const wire::Cooperate& offer, std::vector<Fd> attached, TimePoint now) {
    Session* session = roster_.find(offer.owner);
    if (session == nullptr || attached.empty()) {
        return;  // It died meanwhile, which the agent will learn; its socket is closed here.
    }
    roster_.cooperate(offer, std::move(attached.front()));
    queues_appeared(*session, now);
}

void GateCore::take(const wire::RemoveQueue& request) {
    roster_.remove(request.key);
    for (Desk& desk : desks_) {
        if (desk.gpu() == request.key.gpu) {
            desk.gone(request.key);
        }
    }
}

void GateCore::take(const wire::Release& request) {
    for (Desk& desk : desks_) {
        desk.gone(request.owner);
    }
    roster_.release(request.owner);
}

void GateCore::take(const wire::Order& request, TimePoint now) {
    const std::optional<DeviceOrder> order = parts_.add(request);
    if (!order) {
        return;  // The former order holds until this one is whole.
    }
    Desk* desk = desk_for(order->gpu);
    if (desk == nullptr) {
        say(3, "an order for more devices than the gate can serve is ignored");
        return;
    }
    desk->follow(*order, now);
    act(*desk, now);
}

void GateCore::take(const wire::TakeSamples& request, TimePoint now) {
    wire::Sampled answer{.serial = request.serial};
    const bool thorough = samples_taken_++ % thorough_every == 0;
    const Desk::Trust trust = thorough ? Desk::Trust::nobody : Desk::Trust::resting;
    for (Desk& desk : desks_) {
        for (auto& [owner, session] : roster_.sessions()) {
            desk.look_at_owner(session, now, trust, &answer.queues);
        }
    }
    answer.queues.resize(std::min(answer.queues.size(), most_samples));
    std::ranges::sort(answer.queues, {}, &wire::SampledQueue::key);
    // A look is as good as a move.
    act_everywhere(now);
    ports_.outbox.report(std::move(answer));
}

}  // namespace penstock::gate
