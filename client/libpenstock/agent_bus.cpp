// SPDX-License-Identifier: Apache-2.0

#include "client/libpenstock/agent_bus.h"

#include <array>
#include <cerrno>
#include <string_view>

#include "base/text.h"

namespace penstock::client {
namespace {

constexpr std::size_t longest_sentence = 400;

struct Named {
    std::string_view name;
    int code;
};

// The errors that programs tell apart; sd-bus knows D-Bus' own.
constexpr std::array known_errors{
    Named{.name = "org.penstock1.Error.NoSuchProcess", .code = ESRCH},
    Named{.name = "org.penstock1.Error.NotManaged", .code = ESRCH},
    Named{.name = "org.penstock1.Error.ProcessGone", .code = ESRCH},
    Named{.name = "org.penstock1.Error.LeaseDenied", .code = EBUSY},
    Named{.name = "org.penstock1.Error.LeaseBudgetExceeded", .code = EDQUOT},
    Named{.name = "org.penstock1.Error.Degraded", .code = ENODATA},
    Named{.name = "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", .code = EACCES},
    Named{.name = "org.freedesktop.DBus.Error.ServiceUnknown", .code = EHOSTUNREACH},
    Named{.name = "org.freedesktop.DBus.Error.NameHasNoOwner", .code = EHOSTUNREACH},
    Named{.name = "org.freedesktop.DBus.Error.LimitsExceeded", .code = EAGAIN},
    Named{.name = "org.freedesktop.DBus.Error.NotSupported", .code = EOPNOTSUPP},
};

int code_of(const sd_bus_error& error, int code) {
    const std::string_view name = error.name != nullptr ? error.name : "";
    for (const Named& each : known_errors) {
        if (each.name == name) {
            return each.code;
        }
    }
    return code < 0 ? -code : code;
}

}  // namespace

Result<BusHandle> connect(const std::string& address) {
    sd_bus* raw = nullptr;
    int result = 0;
    if (address == "system") {
        result = sd_bus_open_system(&raw);
    } else if (address == "session") {
        result = sd_bus_open_user(&raw);
    } else {
        result = sd_bus_new(&raw);
        result = result < 0 ? result : sd_bus_set_address(raw, address.c_str());
        result = result < 0 ? result : sd_bus_set_bus_client(raw, 1);
        result = result < 0 ? result : sd_bus_start(raw);
    }
    BusHandle bus(raw);
    if (result < 0) {
        return fail(-result, "reach the bus " + printable(address, longest_sentence));
    }
    return bus;
}

Result<BusMessage> manager_call(sd_bus* bus, const char* member) {
    sd_bus_message* raw = nullptr;
    int result = sd_bus_message_new_method_call(
        bus, &raw, agent_name, manager_path, manager_interface, member);
    BusMessage message(raw);
    result = result < 0 ? result : sd_bus_message_set_auto_start(raw, 0);
    if (result < 0) {
        return fail(-result, "write a call of the agent");
    }
    return message;
}

Error failure_of(const sd_bus_error& error, int code) {
    const int known = code_of(error, code);
    if (error.message == nullptr) {
        return {.code = known, .doing = "the agent has not answered"};
    }
    return {.code = known, .doing = printable(error.message, longest_sentence)};
}

}  // namespace penstock::client
