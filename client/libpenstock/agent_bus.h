// SPDX-License-Identifier: Apache-2.0
//
// Agent bus: this process' way to the agent over D-Bus.

#pragma once

#include <systemd/sd-bus.h>

#include <memory>
#include <string>

#include "base/fd.h"

namespace penstock::client {

inline constexpr const char* agent_name = "org.penstock1";
inline constexpr const char* manager_path = "/org/penstock1";
inline constexpr const char* manager_interface = "org.penstock1.Manager";

template <auto release>
struct Releases {
    template <typename T>
    void operator()(T* object) const {
        release(object);
    }
};

using BusHandle = std::unique_ptr<sd_bus, Releases<&sd_bus_flush_close_unref>>;
using BusMessage = std::unique_ptr<sd_bus_message, Releases<&sd_bus_message_unref>>;
using BusSlot = std::unique_ptr<sd_bus_slot, Releases<&sd_bus_slot_unref>>;

// Does not wait for the bus to greet us. `address` is "system", "session" or a D-Bus address.
Result<BusHandle> connect(const std::string& address);

// A call of the Manager that does not start an agent where there is none.
Result<BusMessage> manager_call(sd_bus* bus, const char* member);

// What the agent, or the bus for it, has said: an errno that tells kinds of failures apart, and a
// sentence.
[[nodiscard]] Error failure_of(const sd_bus_error& error, int code);

}  // namespace penstock::client
