// SPDX-License-Identifier: Apache-2.0

#include "agent/gate/gate_core.h"

#include <algorithm>
#include <cerrno>

#include "policies/neighbours.h"

namespace penstock::gate {
namespace {

// Faster would leave the CPU nothing else, slower would not be scheduling.
constexpr Duration shortest_patrol{std::chrono::microseconds(50)};
constexpr Duration longest_patrol{std::chrono::seconds(1)};

// A ring that fills as fast as it is read must not keep the loop from everything else.
constexpr int most_takes = 16;

std::string loss_reason(int error) {
    switch (error) {
        case EPERM:
            return "the program has disabled its runtime debug interface";
        case EINVAL:
            return "the driver no longer debugs the process: it runs another program now";
        case ENOTCONN:
        case ECONNABORTED:
        case ENODEV:
            return "the device is gone";
        default:
            return Error{.code = error, .doing = "suspend or resume its queues"}.message();
    }
}

}  // namespace

void GateCore::begin(PointerMoves* moves, const wire::Hello& hello) {
    moves_ = moves;
    roster_.use_slots(moves != nullptr ? hello.slot_count : 0);
    const std::uint64_t asked = std::min<std::uint64_t>(
        hello.sampling_period_ns, static_cast<std::uint64_t>(longest_patrol.count()));
    patrol_period_ = std::max(Duration(static_cast<std::int64_t>(asked)), shortest_patrol);
}

void GateCore::take_moves(TimePoint woken) {
    for (int i = 0; i < most_takes && moves_ != nullptr; ++i) {
        const std::size_t count = moves_->take(taken_);
        for (const PointerMove& move : std::span(taken_).first(count)) {
            hear_move(move, woken);
        }
        act_where_touched(woken);
        if (count < taken_.size()) {
            return;
        }
    }
}

void GateCore::act_where_touched(TimePoint now) {
    for (Desk& desk : desks_) {
        if (desk.touched()) {
            act(desk, now);
        }
    }
}

void GateCore::hear_move(const PointerMove& move, TimePoint woken) {
    const SlotUse use = roster_.at_slot(move.slot);
    Desk* desk = use.queue != nullptr ? desk_for(use.queue->at.key.gpu) : nullptr;
    if (desk == nullptr) {
        return;  // Of a queue that is gone by now.
    }
    use.queue->attended = false;
    use.queue->last_written = move.written;
    if (!desk->holds(*use.queue)) {
        desk->moved({.cause = use.session->owner(),
                     .written = move.written,
                     .seen = move.seen,
                     .woken = woken});
    }
}

void GateCore::attend(int fd, TimePoint now) {
    Session* session = roster_.with_fd(fd);
    if (session == nullptr) {
        return;
    }
    if (fd == session->pidfd()) {
        // Asked again, because the loop may have seen an older descriptor of the same number.
        if (!ports_.processes.check(fd, static_cast<pid_t>(session->pid()))) {
            close(session->owner());
            act_everywhere(now);
        }
    } else {
        hear_rung(*session, now);
    }
}

void GateCore::hear_rung(Session& session, TimePoint now) {
    const Rung::News news = session.take_news();
    if (!news.lost.empty()) {
        roster_.lose(session.owner(), news.lost);
    } else if (news.queues_changed) {
        roster_.refresh(session);
    } else {
        return;
    }
    queues_appeared(session, now);
}

void GateCore::attend_traced(TimePoint now) {
    const std::vector<pid_t> ended = ports_.tracer.attend();
    for (const pid_t pid : ended) {
        if (const Session* session = roster_.with_pid(static_cast<std::uint32_t>(pid))) {
            close(session->owner());
        }
    }
    if (!ended.empty()) {
        act_everywhere(now);
    }
}

void GateCore::run_due(TimePoint now) {
    for (auto& [owner, session] : roster_.sessions()) {
        if (const auto deadline = session.deadline(); deadline && *deadline <= now) {
            hear_rung(session, now);
        }
    }
    for (Desk& desk : desks_) {
        desk.look_around(now);
        act(desk, now);
    }
}

std::optional<TimePoint> GateCore::next_deadline() const {
    std::optional<TimePoint> next = roster_.next_deadline();
    for (const Desk& desk : desks_) {
        const std::optional<TimePoint> wanted = desk.next_deadline();
        if (wanted && (!next || *wanted < *next)) {
            next = wanted;
        }
    }
    return next;
}

std::uint32_t GateCore::resume_all() {
    std::uint32_t queues = 0;
    for (Desk& desk : desks_) {
        desk.forget();
    }
    for (auto& [owner, session] : roster_.sessions()) {
        queues += resume_wholly(session);
    }
    return queues;
}

std::uint32_t GateCore::resume_wholly(Session& session) {
    std::uint32_t queues = 0;
    session.forget_holds();
    for (const GpuId gpu : session.suspended_on()) {
        const Call call = session.resume(gpu);
        queues += call.reached;
        if (call.error != 0) {
            roster_.lose(session.owner(), loss_reason(call.error));
            break;
        }
        ports_.outbox.report(wire::Acted{.owner = session.owner(),
                                         .gpu = gpu,
                                         .verb = Verb::resume,
                                         .reason = Reason::release,
                                         .queues = call.reached,
                                         .entered_ns = to_ns(call.entered),
                                         .done_ns = to_ns(call.done)});
    }
    return queues;
}

void GateCore::leave() {
    resume_all();
    roster_.sessions().clear();
}

Desk* GateCore::desk_for(GpuId gpu) {
    const auto place = std::ranges::find(desks_, gpu, &Desk::gpu);
    if (place != desks_.end()) {
        return &*place;
    }
    if (desks_.size() >= most_devices) {
        return nullptr;
    }
    Desk& desk = desks_.emplace_back(gpu, ports_, roster_);
    desk.use_moves(moves_, patrol_period_);
    return &desk;
}

void GateCore::queues_appeared(Session& session, TimePoint now) {
    for (const CaredQueue& queue : session.queues().all()) {
        desk_for(queue.at.key.gpu);
    }
    catch_up(session, now);
    act_everywhere(now);
}

void GateCore::act_everywhere(TimePoint now) {
    for (Desk& desk : desks_) {
        act_alone(desk, now);
    }
    consult(now);
}

void GateCore::act(Desk& desk, TimePoint now) {
    act_alone(desk, now);
    consult(now);
}

void GateCore::consult(TimePoint now) {
    tell_neighbours(
        desks_,
        [](Desk& each) -> OrderExecutor& { return each.executor(); },
        [&](Desk& each) { act_alone(each, now); });
}

void GateCore::act_alone(Desk& desk, TimePoint now) {
    desk.act(now);
    for (const Desk::Loss& loss : desk.take_losses()) {
        roster_.lose(loss.owner, loss_reason(loss.error));
        if (Session* session = roster_.find(loss.owner)) {
            catch_up(*session, now);
        }
    }
}

// What is to stay suspended is suspended again on the rung that the owner stands on now.
void GateCore::catch_up(Session& session, TimePoint now) {
    for (Desk& desk : desks_) {
        desk.catch_up(session, now);
    }
}

void GateCore::close(OwnerId owner) {
    for (Desk& desk : desks_) {
        desk.gone(owner);
    }
    roster_.close(owner);
}

void GateCore::say(std::uint8_t severity, std::string line) {
    ports_.outbox.report(wire::Said{.severity = severity, .line = std::move(line)});
}

}  // namespace penstock::gate
