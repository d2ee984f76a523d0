// SPDX-License-Identifier: Apache-2.0

#include "agent/actuation/systemd_units.h"

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "base/bus_error.h"
#include "base/text.h"

namespace penstock {
namespace {

constexpr const char* manager_name = "org.freedesktop.systemd1";
constexpr const char* manager_path = "/org/freedesktop/systemd1";
constexpr const char* manager_interface = "org.freedesktop.systemd1.Manager";
constexpr const char* quota_property = "CPUQuotaPerSecUSec";

struct UnrefMessage {
    void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};

using Message = std::unique_ptr<sd_bus_message, UnrefMessage>;

Error error_of(const sd_bus_error& error, const std::string& doing) {
    const std::string_view name = error.name == nullptr ? "" : error.name;
    const std::string said = printable(error.message == nullptr ? name : error.message, 200);
    if (name == "org.freedesktop.systemd1.NoSuchUnit" ||
        name == "org.freedesktop.DBus.Error.UnknownObject") {
        return {.code = SystemdUnits::no_such_unit, .doing = doing};
    }
    if (name == "org.freedesktop.DBus.Error.AccessDenied" ||
        name == "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired") {
        return {.doing = doing + ": systemd refuses it (" + said +
                         "); polkit has to allow org.freedesktop.systemd1.manage-units to the "
                         "agent's user"};
    }
    return {.doing = doing + ": systemd says \"" + said + "\""};
}

// A unit's properties are those of its kind.
const char* interface_of(const std::string& unit) {
    return unit.ends_with(".scope") ? "org.freedesktop.systemd1.Scope"
                                    : "org.freedesktop.systemd1.Service";
}

Result<Message> new_call(sd_bus* bus, const char* path, const char* interface, const char* member) {
    sd_bus_message* raw = nullptr;
    const int result =
        sd_bus_message_new_method_call(bus, &raw, manager_name, path, interface, member);
    Message message(raw);
    if (result < 0) {
        return fail(-result, "prepare a call of systemd");
    }
    return message;
}

Result<Message> call_to_ask(sd_bus* bus, const std::string& unit) {
    char* raw = nullptr;
    const int encoded = sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit.c_str(), &raw);
    const std::unique_ptr<char, decltype(&::free)> path(raw, &::free);
    if (encoded < 0) {
        return fail(-encoded, "find the object of " + unit);
    }
    Result<Message> call = new_call(bus, path.get(), "org.freedesktop.DBus.Properties", "Get");
    const int result =
        call ? sd_bus_message_append(call->get(), "ss", interface_of(unit), quota_property) : 0;
    return result < 0 ? fail(-result, "prepare a call of systemd") : std::move(call);
}

Result<Message> call_to_set(sd_bus* bus, const std::string& unit, std::uint64_t quota) {
    Result<Message> call = new_call(bus, manager_path, manager_interface, "SetUnitProperties");
    if (!call) {
        return call;
    }
    constexpr int until_the_next_boot = 1;
    const int result = sd_bus_message_append(
        call->get(), "sba(sv)", unit.c_str(), until_the_next_boot, 1, quota_property, "t", quota);
    // Nobody is there to type a password.
    sd_bus_message_set_allow_interactive_authorization(call->get(), 0);
    return result < 0 ? fail(-result, "prepare a call of systemd") : std::move(call);
}

// The value of an answer to Get; 0 of an answer without any.
Result<std::uint64_t> value_in(sd_bus_message* reply) {
    if (const sd_bus_error* error = sd_bus_message_get_error(reply); error != nullptr) {
        return std::unexpected(error_of(*error, "limit the processor time of a unit"));
    }
    std::uint64_t value = 0;
    const char* signature = sd_bus_message_get_signature(reply, 1);
    if (signature == nullptr || *signature == '\0') {
        return value;
    }
    if (sd_bus_message_read(reply, "v", "t", &value) < 0) {
        return fail("systemd answers something else than a quota of processor time");
    }
    return value;
}

int on_answer(sd_bus_message* reply, void* userdata, sd_bus_error* /*error*/) {
    // The call may end with its own answer.
    const auto answered = static_cast<SystemdUnits::Call*>(userdata)->answered;
    answered(value_in(reply));
    return 0;
}

Result<std::unique_ptr<SystemdUnits::Call>> send(sd_bus* bus,
                                                 Result<Message> message,
                                                 SystemdUnits::Answered answered) {
    if (!message) {
        return std::unexpected(std::move(message).error());
    }
    auto call = std::make_unique<SystemdUnits::Call>();
    call->answered = std::move(answered);
    sd_bus_slot* slot = nullptr;
    const int result = sd_bus_call_async(
        bus, &slot, message->get(), &on_answer, call.get(), SystemdUnits::patience_usec);
    if (result < 0) {
        return fail(-result, "ask systemd");
    }
    call->slot.reset(slot);
    return call;
}

}  // namespace

Result<std::unique_ptr<SystemdUnits::Call>> SystemdUnits::ask_quota(const std::string& unit,
                                                                    Answered answered) {
    return send(bus_, call_to_ask(bus_, unit), std::move(answered));
}

Result<std::unique_ptr<SystemdUnits::Call>> SystemdUnits::set_quota(const std::string& unit,
                                                                    std::uint64_t quota,
                                                                    Answered answered) {
    return send(bus_, call_to_set(bus_, unit, quota), std::move(answered));
}

Result<> SystemdUnits::set_quota_now(const std::string& unit,
                                     std::uint64_t quota,
                                     std::uint64_t wait_usec) {
    const Result<Message> call = call_to_set(bus_, unit, quota);
    if (!call) {
        return std::unexpected(call.error());
    }
    BusError error;
    const int result = sd_bus_call(bus_, call->get(), wait_usec, error.get(), nullptr);
    if (result >= 0) {
        return {};
    }
    const std::string doing = "set the quota of " + unit;
    if (result == -ETIMEDOUT) {
        return fail(ETIMEDOUT, doing);
    }
    return sd_bus_error_is_set(error.get()) > 0 ? std::unexpected(error_of(*error.get(), doing))
                                                : fail(-result, doing);
}

}  // namespace penstock
