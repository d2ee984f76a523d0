// SPDX-License-Identifier: Apache-2.0
//
// Subscriptions: clients that are told of numbers which nobody else is told of, for as long as they
// are on the bus.
//
// The signals are the usual PropertiesChanged, addressed to the subscriber alone: a proxy of
// somebody else is not woken for them, and libraries deliver them to the same handlers as those for
// everybody. Nobody waits for a bus that does not keep up: what was not sent goes with the next
// round, as the value that it has by then.

#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "agent/publish/connection.h"
#include "agent/publish/loop_timer.h"
#include "agent/publish/rate_ledger.h"
#include "agent/publish/refusal.h"
#include "agent/publish/surface.h"
#include "base/units.h"

namespace penstock::dbus {

class Subscriptions {
  public:
    static constexpr std::size_t most = 256;
    static constexpr std::size_t most_of_a_user = 32;
    static constexpr Duration shortest_interval{std::chrono::milliseconds(250)};
    static constexpr Duration longest_interval{std::chrono::hours(1)};

    // While more messages than these wait for the bus, no round adds to them.
    static constexpr std::uint64_t most_waiting = 1024;

    // However many subscribe, rounds take no more than a tenth of the time.
    static constexpr Duration shortest_pause{std::chrono::milliseconds(10)};
    static constexpr int part_of_the_time = 10;

    using Clock = TimePoint (*)();
    using Track = std::unique_ptr<sd_bus_track, Releases<&sd_bus_track_unref>>;

    // Calls the handler when the sender of the message has left the bus. Negative errno when it can
    // not.
    using Follow = int (*)(sd_bus_message* message,
                           sd_bus_track_handler_t gone,
                           void* userdata,
                           Track& track);

    // All of them outlive it.
    Subscriptions(
        sd_event* event, sd_bus* bus, Surface& surface, Clock clock, Follow follow = &follow_sender)
        : bus_(bus), surface_(surface), clock_(clock), follow_(follow), timer_(event, [this] {
              serve();
          }) {}

    ~Subscriptions() = default;
    Subscriptions(const Subscriptions&) = delete;
    Subscriptions& operator=(const Subscriptions&) = delete;
    Subscriptions(Subscriptions&&) = delete;
    Subscriptions& operator=(Subscriptions&&) = delete;

    // For the sender of the message, in the place of a subscription that he has: he is told all
    // that is known at once. Refused is an interval out of range, and one subscription too many.
    Answer<> begin(sd_bus_message* message, std::uint32_t uid, std::uint64_t interval_usec);

    // Nothing where he has none.
    void end(sd_bus_message* message);

    // Tells each whose time has come. The timer calls it.
    void serve();

    [[nodiscard]] std::size_t size() const { return peers_.size(); }

  private:
    struct Peer {
        Subscriptions& all;
        std::string name{};  // On the bus; "" without a bus in between.
        std::uint32_t uid = 0;
        Duration interval{};
        TimePoint due{};
        std::uint64_t told = 0;  // The last round that he knows of.
        Track presence{};
    };

    [[nodiscard]] Answer<> room_for(std::uint32_t uid) const;
    static int follow_sender(sd_bus_message* message,
                             sd_bus_track_handler_t gone,
                             void* userdata,
                             Track& track);
    static int on_gone(sd_bus_track* track, void* userdata);
    void drop(const std::string& name);
    bool round(TimePoint now);
    bool tell(Peer& peer);
    [[nodiscard]] int send(const Peer& peer, const RateLedger::News& news);
    [[nodiscard]] bool bus_is_full() const;
    [[nodiscard]] int arm();

    sd_bus* bus_;
    Surface& surface_;
    Clock clock_;
    Follow follow_;
    LoopTimer timer_;
    RateLedger ledger_{};
    std::uint64_t last_round_ = 0;
    std::map<std::string, Peer> peers_{};  // By name; their addresses are their tracks' userdata.
    TimePoint pause_until_{};
};

}  // namespace penstock::dbus
