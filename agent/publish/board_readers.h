// SPDX-License-Identifier: Apache-2.0
//
// Board readers: the connections that have asked for the board and are still on the bus. While
// there are any, the agent keeps its pace even if there is nothing to schedule.

#pragma once

#include <systemd/sd-bus.h>

#include <memory>

#include "agent/publish/connection.h"

namespace penstock::dbus {

class BoardReaders {
  public:
    // More are not counted; they read what others have it written for.
    static constexpr unsigned most = 1024;

    // Who sent the message; a connection without a bus in between is not counted.
    void add(sd_bus_message* message);

    [[nodiscard]] bool any() const { return track_ && sd_bus_track_count(track_.get()) > 0; }

  private:
    std::unique_ptr<sd_bus_track, Releases<&sd_bus_track_unref>> track_{};
};

}  // namespace penstock::dbus
