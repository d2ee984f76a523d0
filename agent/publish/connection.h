// SPDX-License-Identifier: Apache-2.0
//
// Connection: owners of sd-bus' objects, and the way onto a bus.

#pragma once

#include <systemd/sd-bus.h>

#include <memory>
#include <string>

#include "base/result.h"

namespace penstock::dbus {

// Calls one of sd-bus' unref functions.
template <auto release>
struct Releases {
    template <typename T>
    void operator()(T* object) const {
        release(object);
    }
};

using Connection = std::unique_ptr<sd_bus, Releases<&sd_bus_flush_close_unref>>;
using Slot = std::unique_ptr<sd_bus_slot, Releases<&sd_bus_slot_unref>>;
using Message = std::unique_ptr<sd_bus_message, Releases<&sd_bus_message_unref>>;
using CredentialsHandle = std::unique_ptr<sd_bus_creds, Releases<&sd_bus_creds_unref>>;

// `address` is "system", "session" or a D-Bus address ("unix:path=/run/penstock/bus").
Result<Connection> connect(const std::string& address);

// Never replaces another owner, and never waits in line: two agents would undo each other's orders.
Result<> claim_name(sd_bus* bus);

}  // namespace penstock::dbus
