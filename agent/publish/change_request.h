// SPDX-License-Identifier: Apache-2.0
//
// Change request: what a message asks to change, read before anybody acts on it.

#pragma once

#include <systemd/sd-bus.h>

#include "agent/publish/authorize.h"
#include "agent/publish/process_requests.h"
#include "agent/publish/surface.h"

namespace penstock::dbus {

struct ChangeRequest {
    Wish wish{};
    std::optional<Target> target{};  // The process that it is about.
};

// Refused is what can not be carried out for anybody: a member that there is not, arguments of the
// wrong kind, a value out of range, a process that is not there. Messages that change nothing,
// and those that sd-bus answers by itself, have Access::everybody.
// `uid` is the sender's: what is much for one user depends on what he has.
[[nodiscard]] Answer<ChangeRequest> read_request(sd_bus_message* message,
                                                 const Surface& surface,
                                                 std::uint32_t uid);

}  // namespace penstock::dbus
