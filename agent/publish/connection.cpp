// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/connection.h"

#include <fmt/format.h>
#include <sys/types.h>

#include <cerrno>

#include "agent/publish/bus_name.h"

namespace penstock::dbus {
namespace {

int open_address(const std::string& address, sd_bus** bus) {
    int result = sd_bus_new(bus);
    result = result < 0 ? result : sd_bus_set_address(*bus, address.c_str());
    result = result < 0 ? result : sd_bus_set_bus_client(*bus, 1);
    return result < 0 ? result : sd_bus_start(*bus);
}

// "pid 42 of uid 0", as far as the bus tells.
std::string owner_of_name(sd_bus* bus) {
    sd_bus_creds* raw = nullptr;
    const std::uint64_t wanted = SD_BUS_CREDS_PID | SD_BUS_CREDS_EUID;
    if (sd_bus_get_name_creds(bus, service_name, wanted, &raw) < 0) {
        return "another process";
    }
    const CredentialsHandle held(raw);
    pid_t pid = 0;
    uid_t uid = 0;
    if (sd_bus_creds_get_pid(raw, &pid) < 0 || sd_bus_creds_get_euid(raw, &uid) < 0) {
        return "another process";
    }
    return fmt::format("pid {} of uid {}", pid, uid);
}

}  // namespace

Result<Connection> connect(const std::string& address) {
    sd_bus* raw = nullptr;
    int result = 0;
    if (address == "system") {
        result = sd_bus_open_system_with_description(&raw, "penstock");
    } else if (address == "session") {
        result = sd_bus_open_user_with_description(&raw, "penstock");
    } else {
        result = open_address(address, &raw);
    }
    Connection bus(raw);
    if (result < 0) {
        return fail(-result, fmt::format("connect to the bus \"{}\"", address));
    }
    return bus;
}

Result<> claim_name(sd_bus* bus) {
    const int result = sd_bus_request_name(bus, service_name, 0);
    if (result == -EEXIST) {
        return fail(fmt::format("{} is already owned by {}: only one agent may run on a bus",
                                service_name,
                                owner_of_name(bus)));
    }
    if (result == -EACCES || result == -EPERM) {
        return fail(-result,
                    fmt::format("own {}: the bus' policy allows it to root and penstock only",
                                service_name));
    }
    if (result < 0) {
        return fail(-result, fmt::format("own {}", service_name));
    }
    return {};
}

}  // namespace penstock::dbus
