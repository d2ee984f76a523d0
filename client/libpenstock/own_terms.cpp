// SPDX-License-Identifier: Apache-2.0
//
// On what terms this process runs: set over a connection of its own for each change, which is rare,
// so that any thread can, whatever the others do.

#include <unistd.h>

#include <cerrno>
#include <exception>

#include "base/bus_error.h"
#include "client/libpenstock/agent_bus.h"
#include "client/libpenstock/client.h"
#include "client/libpenstock/include/penstock/penstock.h"

namespace {

using penstock::BusError;
using penstock::client::failed;

constexpr std::uint64_t patience_usec = 1'000'000;

int call(sd_bus* bus, sd_bus_message* message) {
    BusError error;
    const int result = sd_bus_call(bus, message, patience_usec, error.get(), nullptr);
    if (result >= 0) {
        return 0;
    }
    const penstock::Error said = penstock::client::failure_of(*error.get(), result);
    return failed(said.code, said.doing.c_str());
}

// SetProcessProperties(u pid, t id, a{sv}) of ourselves; any incarnation, since we are alive.
template <typename Value>
int set(const penstock_client* client, const char* property, const char* type, Value value) {
    if (client == nullptr) {
        return failed(EINVAL, "there is no client");
    }
    if (client->is_forked()) {
        return failed(ECHILD, "the client was opened before a fork: this process needs its own");
    }
    try {
        const auto bus = penstock::client::connect(client->address);
        if (!bus) {
            return failed(EHOSTUNREACH, bus.error().message().c_str());
        }
        const auto message = penstock::client::manager_call(bus->get(), "SetProcessProperties");
        if (!message) {
            return failed(message.error());
        }
        const int written = sd_bus_message_append(message->get(),
                                                  "uta{sv}",
                                                  static_cast<std::uint32_t>(::getpid()),
                                                  std::uint64_t{0},
                                                  1,
                                                  property,
                                                  type,
                                                  value);
        return written < 0 ? failed(EINVAL, "the value is no text for D-Bus")
                           : call(bus->get(), message->get());
    } catch (const std::exception& thrown) {
        return failed(ENOMEM, thrown.what());
    }
}

}  // namespace

int penstock_set_priority(penstock_client* client, std::int32_t priority) {
    return set(client, "Priority", "i", priority);
}

int penstock_set_weight(penstock_client* client, std::uint32_t weight) {
    return set(client, "Weight", "u", weight);
}

int penstock_set_class(penstock_client* client, const char* service_class) {
    return service_class != nullptr ? set(client, "Class", "s", service_class)
                                    : failed(EINVAL, "there is no class");
}

int penstock_set_deadline(penstock_client* client, std::uint64_t usec) {
    return set(client, "DeadlineUSec", "t", usec);
}
