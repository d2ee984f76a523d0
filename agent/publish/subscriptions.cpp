// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/subscriptions.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <ranges>
#include <vector>

#include "agent/publish/figures.h"

namespace penstock::dbus {
namespace {

std::string sender_of(sd_bus_message* message) {
    const char* name = sd_bus_message_get_sender(message);
    return name != nullptr ? name : "";
}

int append(sd_bus_message* message, const RateLedger::Number& number) {
    switch (number.type) {
        case 'u':
            return sd_bus_message_append(
                message, "{sv}", number.member, "u", static_cast<std::uint32_t>(number.bits));
        case 'd':
            return sd_bus_message_append(
                message, "{sv}", number.member, "d", std::bit_cast<double>(number.bits));
        default:
            return sd_bus_message_append(message, "{sv}", number.member, "t", number.bits);
    }
}

}  // namespace

Answer<> Subscriptions::begin(sd_bus_message* message,
                              std::uint32_t uid,
                              std::uint64_t interval_usec) {
    const std::uint64_t shortest = usec_of(shortest_interval);
    const std::uint64_t longest = usec_of(longest_interval);
    if (interval_usec < shortest || interval_usec > longest) {
        return refuse(error::invalid_args,
                      fmt::format("{} us is out of range: intervals are {}..{} us",
                                  interval_usec,
                                  shortest,
                                  longest));
    }
    const std::string name = sender_of(message);
    if (!peers_.contains(name)) {
        if (Answer<> room = room_for(uid); !room) {
            return room;
        }
        Peer& added =
            peers_.emplace(name, Peer{.all = *this, .name = name, .uid = uid}).first->second;
        const int result = follow_(message, &Subscriptions::on_gone, &added, added.presence);
        if (result < 0) {
            peers_.erase(name);
            return refuse(Error{.code = -result, .doing = "watch for the end of a subscriber"});
        }
    }
    Peer& peer = peers_.at(name);
    peer.interval = std::chrono::microseconds(static_cast<std::int64_t>(interval_usec));
    peer.due = clock_();
    peer.told = 0;
    if (const int result = arm(); result < 0) {
        drop(name);
        return refuse(Error{.code = -result, .doing = "time a subscription"});
    }
    return {};
}

Answer<> Subscriptions::room_for(std::uint32_t uid) const {
    const auto own =
        std::ranges::count_if(peers_, [&](const auto& each) { return each.second.uid == uid; });
    if (peers_.size() < most && static_cast<std::size_t>(own) < most_of_a_user) {
        return {};
    }
    return refuse(error::limits_exceeded,
                  fmt::format("{} clients have subscribed, {} of them of uid {}: there are at most "
                              "{}, and {} of one user",
                              peers_.size(),
                              own,
                              uid,
                              most,
                              most_of_a_user));
}

// A client without a bus in between is gone when the connection is. Of another one the bus is
// asked, once, whether he is still there.
int Subscriptions::follow_sender(sd_bus_message* message,
                                 sd_bus_track_handler_t gone,
                                 void* userdata,
                                 Track& track) {
    if (sd_bus_message_get_sender(message) == nullptr) {
        return 0;
    }
    sd_bus_track* raw = nullptr;
    const int result = sd_bus_track_new(sd_bus_message_get_bus(message), &raw, gone, userdata);
    track.reset(raw);
    return result < 0 ? result : sd_bus_track_add_sender(raw, message);
}

int Subscriptions::on_gone(sd_bus_track* /*track*/, void* userdata) {
    const Peer& peer = *static_cast<const Peer*>(userdata);
    peer.all.drop(std::string(peer.name));
    return 1;
}

void Subscriptions::end(sd_bus_message* message) {
    drop(sender_of(message));
}

void Subscriptions::drop(const std::string& name) {
    peers_.erase(name);
    if (peers_.empty()) {
        ledger_.forget_all();
        timer_.stop();
    }
}

void Subscriptions::serve() {
    const TimePoint now = clock_();
    const auto is_due = [&](const Peer& peer) { return peer.due <= now; };
    if (now >= pause_until_ && std::ranges::any_of(std::views::values(peers_), is_due)) {
        const bool all = round(now);
        const Duration pause = std::max(shortest_pause, (clock_() - now) * part_of_the_time);
        pause_until_ = now + (all ? pause : std::max(pause, shortest_interval));
    }
    static_cast<void>(arm());  // The timer is there, or nobody would have called.
}

// Whoever has waited longest comes first: the bus may take no more before all have been told.
bool Subscriptions::round(TimePoint now) {
    ledger_.note(bus_, surface_, ++last_round_);
    std::vector<Peer*> due;
    for (Peer& peer : std::views::values(peers_)) {
        if (peer.due <= now) {
            due.push_back(&peer);
        }
    }
    std::ranges::sort(due, {}, &Peer::due);
    return std::ranges::all_of(due, [&](Peer* peer) {
        if (bus_is_full() || !tell(*peer)) {
            return false;
        }
        // From the time that was due, to keep the pace; what was missed is not made up for.
        peer->due +=
            peer->due + peer->interval > now ? peer->interval : now - peer->due + peer->interval;
        return true;
    });
}

bool Subscriptions::tell(Peer& peer) {
    const bool all = ledger_.each_changed_after(
        peer.told, [&](const RateLedger::News& news) { return send(peer, news) >= 0; });
    peer.told = all ? last_round_ : peer.told;
    return all;
}

int Subscriptions::send(const Peer& peer, const RateLedger::News& news) {
    sd_bus_message* raw = nullptr;
    int result = sd_bus_message_new_signal(
        bus_, &raw, news.path.c_str(), "org.freedesktop.DBus.Properties", "PropertiesChanged");
    const Message message(raw);
    result = result < 0 ? result : sd_bus_message_append(raw, "s", news.interface);
    result = result < 0 ? result : sd_bus_message_open_container(raw, 'a', "{sv}");
    for (const RateLedger::Number& number : news.numbers) {
        result = result < 0 ? result : append(raw, number);
    }
    result = result < 0 ? result : sd_bus_message_close_container(raw);
    result = result < 0 ? result : sd_bus_message_append(raw, "as", 0);
    if (!peer.name.empty() && result >= 0) {
        result = sd_bus_message_set_destination(raw, peer.name.c_str());
    }
    return result < 0 ? result : sd_bus_send(bus_, raw, nullptr);
}

bool Subscriptions::bus_is_full() const {
    std::uint64_t waiting = 0;
    return sd_bus_get_n_queued_write(bus_, &waiting) >= 0 && waiting > most_waiting;
}

int Subscriptions::arm() {
    if (peers_.empty()) {
        timer_.stop();
        return 0;
    }
    TimePoint first = TimePoint::max();
    for (const Peer& peer : std::views::values(peers_)) {
        first = std::min(first, peer.due);
    }
    return timer_.arm(std::max(first, pause_until_) - clock_());
}

}  // namespace penstock::dbus
