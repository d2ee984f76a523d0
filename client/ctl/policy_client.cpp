// SPDX-License-Identifier: Apache-2.0
//
// AgentClient, continued: calls whose arguments are dictionaries.

#include <nlohmann/json.hpp>
#include <utility>

#include "client/ctl/agent_client.h"
#include "client/ctl/agent_names.h"
#include "client/ctl/bus_json.h"
#include "policies/setting_table.h"

namespace penstock::ctl {
namespace {

// One entry of an a{sv}, of the type that the agent expects for such a value. Times are whole
// microseconds on D-Bus: what is finer is left out.
int append(sd_bus_message* message, const char* name, Duration span) {
    const auto usec = std::chrono::duration_cast<std::chrono::microseconds>(span);
    return sd_bus_message_append(
        message, "{sv}", name, "t", static_cast<std::uint64_t>(usec.count()));
}

int append(sd_bus_message* message, const char* name, std::uint32_t number) {
    return sd_bus_message_append(message, "{sv}", name, "u", number);
}

int append(sd_bus_message* message, const char* name, double number) {
    return sd_bus_message_append(message, "{sv}", name, "d", number);
}

int append(sd_bus_message* message, const char* name, bool truth) {
    return sd_bus_message_append(message, "{sv}", name, "b", truth ? 1 : 0);
}

}  // namespace

AgentClient::Message AgentClient::begin(const char* member) {
    sd_bus_message* raw = nullptr;
    sd_bus_message_new_method_call(bus_.get(), &raw, service, root, manager, member);
    return Message(raw);
}

Outcome<> AgentClient::set_policy(const std::string& name, const PolicySettings& settings) {
    const Message message = begin("SetPolicy");
    int result = sd_bus_message_append(message.get(), "s", name.c_str());
    result = result < 0 ? result : sd_bus_message_open_container(message.get(), 'a', "{sv}");
    for (const PolicySetting* setting : settings_in(settings)) {
        const std::string bus_name(setting->bus_name);
        const auto add = [&](auto value) { return append(message.get(), bus_name.c_str(), value); };
        const auto value = value_of(*setting, settings);
        result = result < 0 || !value ? result : std::visit(add, *value);
    }
    result = result < 0 ? result : sd_bus_message_close_container(message.get());
    if (result < 0) {
        return fail(Exit::unreachable, "SetPolicy can not be called");
    }
    const Outcome<Message> done = send(message.get());
    return done ? Outcome<>{} : std::unexpected(done.error());
}

Outcome<nlohmann::json> AgentClient::explain(std::uint32_t pid,
                                             std::optional<std::uint32_t> queue,
                                             std::optional<std::uint32_t> gpu_id) {
    const Message message = begin("ExplainProcess");
    int result = sd_bus_message_append(message.get(), "u", pid);
    result = result < 0 ? result : sd_bus_message_open_container(message.get(), 'a', "{sv}");
    for (const auto& [name, number] : {std::pair("queue", queue), std::pair("gpu", gpu_id)}) {
        if (number && result >= 0) {
            result = append(message.get(), name, *number);
        }
    }
    result = result < 0 ? result : sd_bus_message_close_container(message.get());
    if (result < 0) {
        return fail(Exit::unreachable, "ExplainProcess can not be called");
    }
    const Outcome<Message> got = send(message.get());
    return got ? Outcome<nlohmann::json>(to_json(got->get())) : std::unexpected(got.error());
}

}  // namespace penstock::ctl
