// SPDX-License-Identifier: Apache-2.0
//
// PolkitCheck: one question to polkit, whether a sender may do something, while the loop goes on.
//
// The subject is always the sender's name on the bus, which polkit itself resolves: a pid could
// belong to somebody else by the time it looks (CVE-2013-4326).

#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "agent/publish/connection.h"

namespace penstock::dbus {

enum class Consent : std::uint8_t {
    given,
    refused,
    challenge,  // It would take somebody who types a password, and the sender did not want that.
    absent,     // Nobody answers for polkit.
    late,       // It did not answer in time.
    gone,       // The sender left the bus meanwhile.
};

class PolkitCheck {
  public:
    using Answered = std::function<void(Consent)>;

    // About the sender of this message. `answered` is called once, later, unless the check is
    // destroyed before: then polkit is told that nobody waits. It may destroy the check. Null when
    // the question could not be sent.
    static std::unique_ptr<PolkitCheck> start(sd_bus_message* message,
                                              const char* action,
                                              Answered answered);

    ~PolkitCheck();
    PolkitCheck(const PolkitCheck&) = delete;
    PolkitCheck& operator=(const PolkitCheck&) = delete;
    PolkitCheck(PolkitCheck&&) = delete;
    PolkitCheck& operator=(PolkitCheck&&) = delete;

  private:
    PolkitCheck(sd_bus* bus, Answered answered);

    int ask(sd_bus_message* message, const char* action);
    int follow(sd_bus_message* message);
    void finish(Consent consent);
    static int on_reply(sd_bus_message* reply, void* userdata, sd_bus_error* error);
    static int on_sender_gone(sd_bus_track* track, void* userdata);

    using Track = std::unique_ptr<sd_bus_track, Releases<&sd_bus_track_unref>>;

    sd_bus* bus_;
    Answered answered_;
    std::string ticket_;  // By which polkit knows the question, to cancel it.
    Slot call_{};         // Until it is answered.
    Track sender_{};
};

}  // namespace penstock::dbus
