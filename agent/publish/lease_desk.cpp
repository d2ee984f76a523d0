// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/lease_desk.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ranges>

#include "agent/publish/bus_name.h"
#include "agent/publish/figures.h"
#include "agent/publish/lease_codec.h"
#include "agent/publish/lease_refusals.h"
#include "agent/publish/vtable.h"
#include "base/journal.h"

namespace penstock::dbus {
namespace {

constexpr std::uint64_t accuracy_usec = 1000;  // 0 would mean sd-event's default of 250 ms.

struct Pipe {
    Fd reader{};
    Fd writer{};
};

Result<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
        return fail(errno, "make the pipe of a lease");
    }
    return Pipe{.reader = Fd(ends[0]), .writer = Fd(ends[1])};
}

void answer_with(sd_bus_message* call, const Refusal& refusal) {
    sd_bus_reply_method_errorf(call, refusal.name, "%s", refusal.sentence.c_str());
}

}  // namespace

Answer<> LeaseDesk::acquire(sd_bus_message* call, Request request, Duration wait) {
    const LeaseWish wish = request.wish;
    const LeaseBar bar = ledger_.bar(wish, !surface_.is_own(wish.party.uid));
    if (bar != LeaseBar::none) {
        return std::unexpected(lease_refusal(bar, wish, ledger_));
    }
    const TimePoint now = clock_();
    // Who does not want to wait is looked at once, and gone again before anything else is.
    const LeaseId id = ledger_.enter(wish, wait > Duration{} ? now + wait : TimePoint::max());
    waiting_.emplace(id.number,
                     std::make_unique<Waiting>(Waiting{.desk = *this,
                                                       .id = id,
                                                       .request = std::move(request),
                                                       .call = Message(sd_bus_message_ref(call))}));
    serve();
    return await(id, wait);
}

// Most have what they asked for by now. Only who waits is followed: that costs the bus messages.
Answer<> LeaseDesk::await(const LeaseId& id, Duration wait) {
    const auto found = waiting_.find(id.number);
    if (found == waiting_.end()) {
        return {};
    }
    if (wait == Duration{}) {
        const LeaseWish wish = found->second->request.wish;
        withdraw(id);
        return std::unexpected(no_room(wish, ledger_));
    }
    const int followed = follow(*found->second);
    if (followed < 0) {
        withdraw(id);
        return refuse(Error{.code = -followed, .doing = "follow who asks for a lease"});
    }
    return {};
}

void LeaseDesk::withdraw(const LeaseId& id) {
    waiting_.erase(id.number);
    ledger_.release(id);
    serve();
}

// Who leaves the bus can not be answered. On a connection without a bus nobody is told.
int LeaseDesk::follow(Waiting& waiting) {
    sd_bus_message* call = waiting.call.get();
    if (sd_bus_message_get_sender(call) == nullptr) {
        return 0;
    }
    sd_bus_track* track = nullptr;
    const int result = sd_bus_track_new(
        sd_bus_message_get_bus(call), &track, &LeaseDesk::on_sender_gone, &waiting);
    waiting.sender.reset(track);
    return result < 0 ? result : sd_bus_track_add_sender(track, call);
}

int LeaseDesk::on_sender_gone(sd_bus_track* /*track*/, void* userdata) {
    const Waiting& waiting = *static_cast<Waiting*>(userdata);
    LeaseDesk& desk = waiting.desk;
    const LeaseId id = waiting.id;  // The waiting goes with it.
    desk.withdraw(id);
    return 1;
}

// Grants may end others' waits, which may fail and make room again: until nothing changes.
void LeaseDesk::serve() {
    for (bool again = true; again;) {
        const LeaseLedger::News news = ledger_.settle(clock_());
        refuse_late(news.expired);
        for (const LeaseId& id : news.granted) {
            give(id);
        }
        again = !news.granted.empty() || !news.expired.empty();
    }
    show_grants();
    arm();
}

void LeaseDesk::refuse_late(const std::vector<LeaseId>& expired) {
    for (const LeaseId& id : expired) {
        if (const auto node = waiting_.extract(id.number)) {
            const Waiting& waiting = *node.mapped();
            answer_with(waiting.call.get(), no_room(waiting.request.wish, ledger_));
        }
    }
}

void LeaseDesk::give(const LeaseId& id) {
    const auto node = waiting_.extract(id.number);
    const Lease* lease = ledger_.find(id.number);
    if (!node || lease == nullptr) {
        return;
    }
    Waiting& waiting = *node.mapped();
    Result<Pipe> pipe = make_pipe();
    if (!pipe) {
        ledger_.release(id);
        answer_with(waiting.call.get(), refuse(pipe.error()).error());
        return;
    }
    const KeptLease kept{.number = id.number,
                         .resource = waiting.request.resource,
                         .wish = waiting.request.wish,
                         .promise = lease->promise,
                         .who = std::move(waiting.request.who),
                         .why = std::move(waiting.request.why)};
    const GrantedLease granted{.descriptor = std::move(pipe->writer),
                               .lease = {numbered_path(lease_prefix, id.number)},
                               .granted = lease->granted};
    int result = hold(kept, id, std::move(pipe->reader));
    // When the client can not have it any more, the message's copy hangs up, and so ends the lease.
    result = result < 0 ? result : answer(waiting.call.get(), granted);
    if (result < 0) {
        ledger_.release(id);
        drop(id.number);
        sd_bus_reply_method_errno(waiting.call.get(), result, nullptr);
    }
}

int LeaseDesk::hold(const KeptLease& lease, const LeaseId& id, Fd reader) {
    auto holding = std::make_unique<Holding>(
        Holding{.desk = *this, .id = id, .reader = std::move(reader), .since = surface_.now});
    sd_event_source* raw = nullptr;
    // That the other end is closed is told in any case; what a holder writes is nobody's concern.
    const int result = sd_event_add_io(
        event_, &raw, holding->reader.get(), 0, &LeaseDesk::on_hangup, holding.get());
    holding->watch.reset(raw);
    if (result < 0) {
        return result;
    }
    held_[lease.number] = std::move(holding);
    surface_.lease_objects[lease.number] =
        std::make_unique<LeaseObject>(LeaseObject{.surface = surface_,
                                                  .id = id,
                                                  .kept = lease,
                                                  .granted = ledger_.find(lease.number)->granted});
    return result;
}

bool LeaseDesk::restore(const KeptLease& lease, Fd reader) {
    const bool room = ledger_.restore(lease.number, lease.wish, lease.promise, clock_());
    if (!room) {
        return false;
    }
    const LeaseId id = ledger_.find(lease.number)->id;
    if (hold(lease, id, std::move(reader)) < 0) {
        ledger_.release(id);
        return false;
    }
    held_.at(lease.number)->kept = true;
    return true;
}

int LeaseDesk::on_hangup(sd_event_source* /*source*/,
                         int /*fd*/,
                         std::uint32_t /*events*/,
                         void* userdata) {
    const Holding& holding = *static_cast<Holding*>(userdata);
    LeaseDesk& desk = holding.desk;
    const LeaseId id = holding.id;  // The holding goes with the release.
    desk.release(id);
    return 0;
}

void LeaseDesk::release(const LeaseId& id) {
    if (ledger_.release(id)) {
        drop(id.number);
        serve();
    }
}

void LeaseDesk::drop(std::uint32_t number) {
    const auto node = held_.extract(number);
    if (node && node.mapped()->kept && keeper_ != nullptr) {
        keeper_->forget(number);
    }
    // sd-bus asks for the object while it announces the end, so it is erased last.
    const auto found = surface_.lease_objects.find(number);
    if (found != surface_.lease_objects.end()) {
        if (found->second->announced.present) {
            announcer_.vanished(numbered_path(lease_prefix, number));
        }
        surface_.lease_objects.erase(found);
    }
}

void LeaseDesk::show_grants() {
    for (const Lease& lease : ledger_.all()) {
        const auto found = surface_.lease_objects.find(lease.id.number);
        if (found != surface_.lease_objects.end()) {
            found->second->granted = lease.granted;
            announcer_.changed(*found->second);
        }
    }
}

// Two signals for each lease that lasts microseconds would be most of what it costs.
void LeaseDesk::announce_new() {
    for (const auto& [number, lease] : surface_.lease_objects) {
        if (!lease->announced.present) {
            announcer_.appeared(*lease, numbered_path(lease_prefix, number));
        }
    }
}

void LeaseDesk::measure(const LeasePool& pool,
                        const Sample<BytesPerSecond>& peak,
                        const Sample<BytesPerSecond>& used) {
    const auto value = peak.value ? std::optional(peak.value->value) : std::nullopt;
    ledger_.measure(pool, value, clock_());
    // No single lease uses more than all traffic there is. A guess must not take from anybody.
    if (!used.value || used.confidence != Confidence::counter || used.taken <= looked_) {
        return;
    }
    for (const Lease& lease : ledger_.all()) {
        if (lease.held && lease.wish.pool == pool) {
            ledger_.note_use(lease.id, used.value->value);
        }
    }
}

void LeaseDesk::look() {
    for (const auto& [number, memory] : surface_.memory) {
        measure({.kind = LeasePool::Kind::memory, .number = number},
                memory->node.peak,
                memory->node.total);
    }
    for (const auto& [number, gpu] : surface_.gpus) {
        const DeviceUse& use = gpu->device.use;
        measure({.kind = LeasePool::Kind::to_device, .number = number},
                use.pcie_capacity,
                use.pcie_received);
        measure({.kind = LeasePool::Kind::from_device, .number = number},
                use.pcie_capacity,
                use.pcie_sent);
    }
    if (!surface_.lease_objects.empty()) {
        announce_new();
        note_use();
        keep_lasting();
    }
    looked_ = surface_.now;
    if (!ledger_.all().empty()) {
        arm();
    }
}

// What the lease's process moved, where it is counted.
void LeaseDesk::note_use() {
    if (looked_ == TimePoint{}) {
        return;
    }
    const double seconds = std::chrono::duration<double>(surface_.now - looked_).count();
    for (const auto& lease : std::views::values(surface_.lease_objects)) {
        const LeaseWish& wish = lease->kept.wish;
        const auto found = surface_.processes.find(wish.party.pid);
        if (wish.pool.kind != LeasePool::Kind::memory || found == surface_.processes.end()) {
            continue;
        }
        if (const auto rate = found->second->owner.use.dram.value) {
            const double moved = static_cast<double>(rate->value) * seconds;
            lease->used = lease->used.value_or(0) + static_cast<std::uint64_t>(moved);
        }
    }
}

void LeaseDesk::keep_lasting() {
    for (const auto& [number, holding] : held_) {
        if (keeper_ != nullptr && !holding->kept && surface_.now - holding->since >= lasting) {
            holding->kept = true;
            keeper_->keep(surface_.lease_objects.at(number)->kept, holding->reader);
        }
    }
}

int LeaseDesk::on_time(sd_event_source* /*source*/, std::uint64_t /*when*/, void* userdata) {
    static_cast<LeaseDesk*>(userdata)->serve();
    return 0;
}

void LeaseDesk::arm() {
    const std::optional<TimePoint> due = ledger_.due();
    if (!due) {
        if (timer_) {
            sd_event_source_set_enabled(timer_.get(), SD_EVENT_OFF);
        }
        return;
    }
    // A microsecond later rather than before it is due.
    const std::uint64_t wait_usec = usec_of(*due - clock_()) + 1;
    sd_event_source* raw = timer_.get();
    int result = 0;
    if (raw == nullptr) {
        result = sd_event_add_time_relative(
            event_, &raw, CLOCK_MONOTONIC, wait_usec, accuracy_usec, &LeaseDesk::on_time, this);
        timer_.reset(result < 0 ? nullptr : raw);
    } else {
        result = sd_event_source_set_time_relative(raw, wait_usec);
        result = result < 0 ? result : sd_event_source_set_enabled(raw, SD_EVENT_ONESHOT);
    }
    if (result < 0) {
        journal(Severity::warning, "the timer of leases can not be set: shares do not shift");
    }
}

}  // namespace penstock::dbus
