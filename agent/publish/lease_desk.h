// SPDX-License-Identifier: Apache-2.0
//
// Lease desk: gives out leases of bandwidth over D-Bus and takes them back.
//
// A lease is held through the writing end of a pipe. It lasts as long as any copy of that is open,
// whoever has inherited it, and ends in the same turn of the loop in which the last one is closed:
// nobody can die so that a lease stays. Calls that have to wait are answered when it is their turn;
// who leaves the bus while he waits is forgotten.

#pragma once

#include <systemd/sd-event.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/loop/lease_keeper.h"
#include "agent/publish/announcer.h"
#include "agent/publish/connection.h"
#include "agent/publish/refusal.h"
#include "agent/publish/surface.h"
#include "base/fd.h"
#include "policies/leases/lease_ledger.h"

namespace penstock::dbus {

class LeaseDesk {
  public:
    using Clock = TimePoint (*)();

    // Only leases that have lasted for so long are kept for the next agent: each costs the service
    // manager work, and no client is to give it more than a little.
    static constexpr Duration lasting{std::chrono::milliseconds(250)};

    struct Request {
        LeaseResource resource = LeaseResource::dram;
        LeaseWish wish{};
        std::string who{};
        std::string why{};
    };

    // All of them outlive it.
    LeaseDesk(sd_event* event, Clock clock, Surface& surface, Announcer& announcer)
        : event_(event), clock_(clock), surface_(surface), announcer_(announcer) {}

    ~LeaseDesk() = default;
    LeaseDesk(const LeaseDesk&) = delete;
    LeaseDesk& operator=(const LeaseDesk&) = delete;
    LeaseDesk(LeaseDesk&&) = delete;
    LeaseDesk& operator=(LeaseDesk&&) = delete;

    // Answers the call with a GrantedLease, now or within the wait; 0 does not wait. What is
    // returned is a refusal at once.
    Answer<> acquire(sd_bus_message* call, Request request, Duration wait);

    // Again is no harm.
    void release(const LeaseId& id);

    // Leases that last are kept there from now on. It outlives the desk.
    void keep_with(LeaseKeeper& keeper) { keeper_ = &keeper; }

    // A lease that a former agent has granted, and that is kept already. False when there is no
    // room for it.
    bool restore(const KeptLease& lease, Fd reader);

    void limit(LeaseLedger::Limits limits) { ledger_.limit(limits); }

    // What the pools can move, and how much is used of them, as the surface shows it. With each
    // snapshot.
    void look();

    // Those that nobody was told of yet: with each look, and before anybody lists them.
    void announce_new();

    [[nodiscard]] const LeaseLedger& ledger() const { return ledger_; }

    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

  private:
    using Source = std::unique_ptr<sd_event_source, Releases<&sd_event_source_disable_unref>>;
    using Track = std::unique_ptr<sd_bus_track, Releases<&sd_bus_track_unref>>;

    // By the addresses of these, callbacks find the lease; so they stay where they are.
    struct Waiting {
        LeaseDesk& desk;
        LeaseId id{};
        Request request{};
        Message call{};
        Track sender{};
    };

    struct Holding {
        LeaseDesk& desk;
        LeaseId id{};
        Fd reader{};
        Source watch{};
        TimePoint since{};
        bool kept = false;
    };

    [[nodiscard]] Answer<> await(const LeaseId& id, Duration wait);
    [[nodiscard]] int follow(Waiting& waiting);
    void withdraw(const LeaseId& id);
    void serve();
    void refuse_late(const std::vector<LeaseId>& expired);
    void give(const LeaseId& id);
    int hold(const KeptLease& lease, const LeaseId& id, Fd reader);
    void drop(std::uint32_t number);
    void show_grants();
    void measure(const LeasePool& pool,
                 const Sample<BytesPerSecond>& peak,
                 const Sample<BytesPerSecond>& used);
    void note_use();
    void keep_lasting();
    void arm();
    static int on_hangup(sd_event_source* source, int fd, std::uint32_t events, void* userdata);
    static int on_time(sd_event_source* source, std::uint64_t when, void* userdata);
    static int on_sender_gone(sd_bus_track* track, void* userdata);

    sd_event* event_;
    Clock clock_;
    Surface& surface_;
    Announcer& announcer_;
    LeaseKeeper* keeper_ = nullptr;
    LeaseLedger ledger_{};
    std::map<std::uint32_t, std::unique_ptr<Waiting>> waiting_{};
    std::map<std::uint32_t, std::unique_ptr<Holding>> held_{};
    TimePoint looked_{};
    Source timer_{};
};

}  // namespace penstock::dbus
