// SPDX-License-Identifier: Apache-2.0
//
// AgentClient, continued: leases of bandwidth.

#include <fcntl.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "client/ctl/agent_client.h"
#include "client/ctl/agent_names.h"
#include "client/ctl/bus_json.h"

namespace penstock::ctl {
namespace {

constexpr const char* lease_interface = "org.penstock1.Lease";

// The a{sv}, of what was said.
int append_options(sd_bus_message* message, const LeaseAcquire& wish) {
    int result = sd_bus_message_open_container(message, 'a', "{sv}");
    const auto add = [&](const char* name, const char* signature, auto value) {
        result =
            result < 0 ? result : sd_bus_message_append(message, "{sv}", name, signature, value);
    };
    if (wish.least) {
        add("min", "t", *wish.least);
    }
    if (wish.wait > Duration{}) {
        const auto usec = std::chrono::duration_cast<std::chrono::microseconds>(wish.wait);
        add("wait-usec", "t", static_cast<std::uint64_t>(usec.count()));
    }
    if (wish.exclusive) {
        add("exclusive", "b", 1);
    }
    if (wish.insist) {
        add("insist", "b", 1);
    }
    if (!wish.lease_class.empty()) {
        add("class", "s", wish.lease_class.c_str());
    }
    if (!wish.why.empty()) {
        add("why", "s", wish.why.c_str());
    }
    add("who", "s", wish.command.front().c_str());
    return result < 0 ? result : sd_bus_message_close_container(message);
}

}  // namespace

Outcome<HeldLease> AgentClient::acquire_lease(const LeaseAcquire& wish) {
    const Message message = begin("AcquireLease");
    int result = sd_bus_message_append(
        message.get(), "sot", wish.resource.c_str(), wish.target.c_str(), wish.rate);
    result = result < 0 ? result : append_options(message.get(), wish);
    if (result < 0) {
        return fail(Exit::usage, "these words can not be sent over D-Bus");
    }
    const Outcome<Message> got = send(message.get(), wish.wait);
    if (!got) {
        return std::unexpected(got.error());
    }
    int number = -1;
    const char* path = nullptr;
    HeldLease held;
    if (sd_bus_message_read(got->get(), "hot", &number, &path, &held.granted) < 0) {
        return fail(Exit::refused, "AcquireLease answered without a descriptor");
    }
    held.path = path;
    // The message's own ends with it. This one is for the command: it stays open there.
    held.descriptor = Fd(::fcntl(number, F_DUPFD, 0));
    return held.descriptor
               ? Outcome<HeldLease>(std::move(held))
               : fail(Exit::refused, Error{.code = errno, .doing = "keep the lease"}.message());
}

Outcome<nlohmann::json> AgentClient::leases() {
    sd_bus_message* raw = nullptr;
    sd_bus_message_new_method_call(
        bus_.get(), &raw, service, root, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects");
    const Message message(raw);
    const Outcome<Message> got = send(raw);
    if (!got) {
        return std::unexpected(got.error());
    }
    nlohmann::json leases = nlohmann::json::array();
    const nlohmann::json objects = to_json(got->get());
    for (const auto& [path, interfaces] : objects.items()) {
        const auto found =
            interfaces.is_object() ? interfaces.find(lease_interface) : interfaces.end();
        if (found != interfaces.end() && found->is_object()) {
            leases.push_back(*found);
            leases.back()["Path"] = path;
        }
    }
    return leases;
}

}  // namespace penstock::ctl
