// SPDX-License-Identifier: Apache-2.0
//
// Caller: who sent a message, as the bus vouches for it.

#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <optional>

namespace penstock::dbus {

// What the bus says of a sender. Augmented fields were read from /proc afterwards, by pid, and can
// belong to somebody else by now: sd-bus calls them unsuitable for authorization.
struct Credentials {
    std::optional<std::uint32_t> euid{};
    bool augmented = false;
};

class Caller {
  public:
    // The message is borrowed for the time of the call.
    explicit Caller(sd_bus_message* message) : message_(message) {}

    // Asks the bus: one round trip.
    [[nodiscard]] Credentials credentials() const;

    [[nodiscard]] sd_bus* bus() const { return sd_bus_message_get_bus(message_); }

  private:
    sd_bus_message* message_;
};

}  // namespace penstock::dbus
