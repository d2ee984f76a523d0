// SPDX-License-Identifier: Apache-2.0
//
// Senders: which user is behind a connection to the bus, as the bus itself vouches for it.
//
// The bus is asked once per connection: a unique name is never given to anybody else, and the user
// behind it never changes.

#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <map>
#include <string>

#include "agent/publish/refusal.h"

namespace penstock::dbus {

// What the bus says of a sender. Augmented fields were read from /proc afterwards, by pid, and can
// belong to somebody else by now: sd-bus calls them unsuitable for authorization.
struct Credentials {
    bool known = false;
    std::uint32_t euid = 0;
    bool augmented = false;
};

// Refused, when the bus does not vouch for the sender, or it has gone.
[[nodiscard]] Answer<std::uint32_t> uid_from(const Credentials& credentials);

class Senders {
  public:
    // Bounded: beyond it, everybody is asked about anew.
    static constexpr std::size_t most = 1024;

    [[nodiscard]] Answer<std::uint32_t> uid_of(sd_bus_message* message);

    // Who connected to the bus, for people and not for decisions: somebody else may use the
    // connection by now. 0 when the bus does not say. Only of a few is it asked at all.
    [[nodiscard]] std::uint32_t pid_of(sd_bus_message* message);

  private:
    using Known = std::map<std::string, std::uint32_t, std::less<>>;

    static void remember(Known& known, const char* name, std::uint32_t number);

    Known known_{};
    Known pids_{};
};

}  // namespace penstock::dbus
