// SPDX-License-Identifier: Apache-2.0
//
// Caller: who sent a message, for the function that carries it out. AuthorizationFilter has let the
// message pass before.

#pragma once

#include <systemd/sd-bus.h>

namespace penstock::dbus {

class Caller {
  public:
    // The message is borrowed for the time of the call.
    explicit Caller(sd_bus_message* message) : message_(message) {}

    [[nodiscard]] sd_bus* bus() const { return sd_bus_message_get_bus(message_); }

    // For an answer that is given later: whoever gives it holds the message until then.
    [[nodiscard]] sd_bus_message* message() const { return message_; }

  private:
    sd_bus_message* message_;
};

}  // namespace penstock::dbus
