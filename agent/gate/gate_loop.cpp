// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/gate_loop.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

namespace penstock::gate {
namespace {

// A talkative agent must not keep us from the pointers.
constexpr int most_messages_at_once = 16;

std::int64_t microseconds(Duration duration) {
    return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

std::optional<TimePoint> earliest(std::optional<TimePoint> a, std::optional<TimePoint> b) {
    if (!a || !b) {
        return a ? a : b;
    }
    return std::min(*a, *b);
}

}  // namespace

void GateLoop::run() {
    parts_.poller.watch(parts_.link.fd());
    parts_.poller.watch(parts_.signals);
    if (parts_.chore) {
        chore_due_ = parts_.chore();
        parts_.poller.set_alarm(chore_due_);
    }
    while (!leaving_) {
        const std::span<const int> ready = parts_.poller.wait();
        const TimePoint woken = parts_.clock();
        if (std::ranges::find(ready, parts_.conversation.moves_fd()) != ready.end()) {
            parts_.core.take_moves(woken);
        }
        if (parts_.poller.alarmed()) {
            parts_.core.run_due(woken);
        }
        for (const int fd : ready) {
            serve(fd, woken);
        }
        flush_when_due();
        do_chore_when_due();
        step_up_when_due();
        const auto due = earliest(parts_.core.next_deadline(), parts_.link.flush_due());
        parts_.poller.set_alarm(earliest(earliest(due, chore_due_), parts_.real_time.over()));
    }
    parts_.core.leave();
    parts_.link.flush();
}

void GateLoop::flush_when_due() {
    const std::optional<TimePoint> due = parts_.link.flush_due();
    if (due && parts_.clock() >= *due) {
        parts_.link.flush();
    }
}

void GateLoop::do_chore_when_due() {
    if (chore_due_ && parts_.clock() >= *chore_due_) {
        chore_due_ = parts_.chore();
    }
}

void GateLoop::step_up_when_due() {
    const std::optional<TimePoint> over = parts_.real_time.over();
    if (over && parts_.clock() >= *over) {
        parts_.real_time.step_up();
    }
}

void GateLoop::serve(int fd, TimePoint now) {
    if (fd == parts_.link.fd()) {
        hear_agent(now);
    } else if (fd == parts_.signals) {
        take_signals(now);
    } else if (fd != parts_.conversation.moves_fd()) {
        parts_.core.attend(fd, now);
    }
}

void GateLoop::hear_agent(TimePoint now) {
    for (int i = 0; i < most_messages_at_once && !leaving_; ++i) {
        auto received = parts_.link.receive();
        if (!received) {
            leaving_ = true;
            return;
        }
        std::optional<AgentLink::Packet> packet = std::move(*received);
        if (!packet) {
            return;
        }
        parts_.conversation.hear(packet->bytes, std::move(packet->attached), now);
        leaving_ = parts_.conversation.over();
    }
}

void GateLoop::take_signals(TimePoint now) {
    signalfd_siginfo signal{};
    while (::read(parts_.signals, &signal, sizeof(signal)) == ssize_t{sizeof(signal)}) {
        if (signal.ssi_signo == SIGXCPU) {
            rest(now);
        } else if (signal.ssi_signo != SIGCHLD) {
            leaving_ = true;
        }
    }
    // Signals of one kind merge: one SIGCHLD may stand for many stops.
    parts_.core.attend_traced(now);
}

// What was due then tells who kept us from sleeping.
void GateLoop::rest(TimePoint now) {
    const auto late = [&](std::optional<TimePoint> due) {
        return due ? std::to_string(microseconds(*due - now)) + " us" : std::string("never");
    };
    parts_.link.report(wire::Said{
        .severity = 4,
        .line =
            "the gate found no rest for " + std::to_string(microseconds(RealTime::longest_run)) +
            " us and runs at ordinary priority for a while; due are the queues in " +
            late(parts_.core.next_deadline()) + ", reports in " + late(parts_.link.flush_due())});
    parts_.real_time.step_down(now);
}

}  // namespace penstock::gate
