// SPDX-License-Identifier: Apache-2.0

#include "agent/actuation/gate_client.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "agent/actuation/seqpacket.h"
#include "base/journal.h"
#include "policies/order_parts.h"

namespace penstock {

GateClient::GateClient(Settings settings, std::function<void()> greet)
    : settings_(std::move(settings)),
      greet_(std::move(greet)),
      buffer_(wire::longest_message),
      restart_pause_(settings_.first_restart_pause) {}

int GateClient::fd() const {
    return gate_ ? gate_->socket() : -1;
}

Result<> GateClient::start(TimePoint now) {
    Result<GateProcess> started = settings_.socket.empty()
                                      ? GateProcess::start(settings_.program, settings_.arguments)
                                      : GateProcess::connect(settings_.socket);
    if (!started) {
        restart_at_ = now + restart_pause_;
        return std::unexpected(std::move(started).error());
    }
    gate_.emplace(std::move(*started));
    started_at_ = now;
    standing_.clear();
    unanswered_since_.reset();
    if (Result<> greeted = hello(); !greeted) {
        lose_gate(now);
        return greeted;
    }
    patience_ = settings_.patience;
    greet_();
    patience_ = {};
    return {};
}

Result<> GateClient::hello() {
    const wire::Hello hello{.sampling_period_ns = source_.sampling_period_ns,
                            .ring_bytes = source_.ring_fd >= 0 ? source_.ring_bytes : 0,
                            .slot_count = source_.slot_count};
    if (source_.ring_fd < 0) {
        return send(hello);
    }
    return send(hello, {source_.ring_fd, source_.slots_fd});
}

Result<> GateClient::send(const wire::ToGate& message, std::vector<int> descriptors) {
    if (!gate_) {
        return fail("the gate is not running");
    }
    const std::vector<std::byte> bytes = wire::encode(message);
    Result<> sent = send_packet(gate_->socket(), bytes, descriptors);
    while (!sent && sent.error().code == EAGAIN && patience_ > Duration{}) {
        wait_for_room(gate_->socket());
        sent = send_packet(gate_->socket(), bytes, descriptors);
    }
    return sent;
}

// A new gate is told of hundreds of queues at once, and taking a process into its care takes it
// milliseconds.
void GateClient::wait_for_room(int socket) {
    constexpr std::chrono::milliseconds once{5};
    pollfd room{.fd = socket, .events = POLLOUT, .revents = 0};
    static_cast<void>(::poll(&room, 1, static_cast<int>(once.count())));
    patience_ -= once;
}

Outcome GateClient::apply(const Decision& decision) {
    Outcome outcome;
    const auto note = [&](const Result<bool>& sent) {
        if (!sent) {
            outcome.failure = sent.error();
        } else if (*sent) {
            ++outcome.orders_sent;
        }
        return sent.has_value();
    };
    for (const DeviceOrder& order : decision.orders) {
        if (!note(send_if_new(order))) {
            return outcome;
        }
    }
    for (const auto& [gpu, order] : standing_) {
        const auto wanted = std::ranges::find(decision.orders, gpu, &DeviceOrder::gpu);
        // An empty order lets everybody run.
        if (wanted == decision.orders.end() && !note(send_if_new({.gpu = gpu}))) {
            return outcome;
        }
    }
    return outcome;
}

// Whether it was new.
Result<bool> GateClient::send_if_new(const DeviceOrder& order) {
    DeviceOrder& standing = standing_.try_emplace(order.gpu).first->second;
    if (standing == order) {
        return false;
    }
    wire::Order part = wire::part_of(order, 0);
    // The socket does not take them all at once.
    patience_ = part.goes_on ? settings_.patience_for_parts : Duration{};
    Result<> sent = send(part);
    while (sent && part.goes_on) {
        const auto told = static_cast<std::uint32_t>(part.order.owners.size());
        part = wire::part_of(order, part.first + told);
        sent = send(part);
    }
    patience_ = {};
    if (!sent) {
        return std::unexpected(std::move(sent).error());
    }
    standing = order;
    return true;
}

bool GateClient::receive(TimePoint now) {
    while (gate_) {
        const auto received = receive_packet(gate_->socket(), buffer_);
        if (!received) {
            lose_gate(now);
            return false;
        }
        const std::optional<std::span<const std::byte>> packet = *received;
        if (!packet) {
            return true;  // Nothing more for now.
        }
        Result<wire::FromGate> message = wire::decode_from_gate(*packet);
        if (!message) {
            journal(Severity::error, "message from the gate: " + message.error().message());
        } else if (!note_answer(*message)) {
            news_.push_back(std::move(*message));
        }
    }
    return false;
}

// True when the message was only an answer to this client.
bool GateClient::note_answer(const wire::FromGate& message) {
    if (std::holds_alternative<wire::Pong>(message)) {
        unanswered_since_.reset();
        return true;
    }
    if (const auto* resumed = std::get_if<wire::AllResumed>(&message)) {
        all_resumed_ = *resumed;
        return true;
    }
    if (const auto* said = std::get_if<wire::Said>(&message)) {
        const auto severity = std::clamp<std::uint8_t>(said->severity, 3, 7);
        journal(static_cast<Severity>(severity), "gate: " + said->line);
        return true;
    }
    return false;
}

std::vector<wire::FromGate> GateClient::take_news() {
    return std::exchange(news_, {});
}

Result<std::uint32_t> GateClient::resume_all(TimePoint now) {
    if (!gate_) {
        return 0U;  // Without a gate nobody is suspended.
    }
    const std::uint64_t serial = ++serial_;
    standing_.clear();
    all_resumed_.reset();
    // Whoever waits for the answer can wait for room as well: this must not fail on a busy gate.
    patience_ = settings_.answer_within;
    Result<> sent = send(wire::ResumeAll{.serial = serial});
    patience_ = {};
    if (!sent && sent.error().code == EAGAIN) {
        end_hung_gate(now);
        return 0U;
    }
    if (!sent) {
        return std::unexpected(std::move(sent).error());
    }
    const auto longest =
        std::chrono::duration_cast<std::chrono::milliseconds>(settings_.answer_within);
    for (;;) {
        pollfd waiting{.fd = gate_->socket(), .events = POLLIN, .revents = 0};
        if (::poll(&waiting, 1, static_cast<int>(longest.count())) == 0) {
            end_hung_gate(now);
            return 0U;
        }
        if (!receive(now)) {
            return 0U;
        }
        if (all_resumed_ && all_resumed_->serial == serial) {
            return all_resumed_->queues;
        }
    }
}

void GateClient::look_after(TimePoint now) {
    if (!gate_) {
        return;
    }
    const auto overdue = [&] {
        return unanswered_since_ && now - *unanswered_since_ > settings_.answer_within;
    };
    // Perhaps it was us who slept: its answer may have been waiting.
    if (overdue() && !receive(now)) {
        return;
    }
    if (overdue()) {
        end_hung_gate(now);
        return;
    }
    if ((!unanswered_since_ || !pinged_) && now - last_ping_ >= settings_.ping_period) {
        ping(now);
    }
}

// Where there is no room for a ping the gate does not read, for which it has as long as for an
// answer.
void GateClient::ping(TimePoint now) {
    const Result<> sent = send(wire::Ping{.serial = ++serial_});
    if (!sent && sent.error().code != EAGAIN) {
        lose_gate(now);
        return;
    }
    pinged_ = sent.has_value();
    if (pinged_) {
        last_ping_ = now;
    }
    unanswered_since_ = unanswered_since_.value_or(now);
}

// Its death resumes everybody.
void GateClient::end_hung_gate(TimePoint now) {
    if (!gate_) {
        return;
    }
    journal(Severity::error, "the gate does not answer and is ended", events::gate_hung);
    gate_->end();
    lose_gate(now);
}

void GateClient::lose_gate(TimePoint now) {
    if (!gate_) {
        return;
    }
    journal(Severity::warning,
            "the gate is gone (" + gate_->fate() + "); the kernel resumes its queues",
            events::gate_lost);
    gate_.reset();
    standing_.clear();
    unanswered_since_.reset();
    if (now - started_at_ > settings_.longest_restart_pause) {
        restart_pause_ = settings_.first_restart_pause;  // It had worked: this was no crash loop.
    }
    restart_at_ = now + restart_pause_;
    restart_pause_ = std::min(restart_pause_ * 2, settings_.longest_restart_pause);
}

}  // namespace penstock
