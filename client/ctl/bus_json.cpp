// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/bus_json.h"

#include <cstdint>
#include <string>

namespace penstock::ctl {
namespace {

using nlohmann::json;

template <typename T>
json number(sd_bus_message* message, char type) {
    T value{};
    return sd_bus_message_read_basic(message, type, &value) > 0 ? json(value) : json();
}

json text(sd_bus_message* message, char type) {
    const char* value = nullptr;
    return sd_bus_message_read_basic(message, type, static_cast<void*>(&value)) > 0 ? json(value)
                                                                                    : json();
}

json basic(sd_bus_message* message, char type) {
    switch (type) {
        case SD_BUS_TYPE_BOOLEAN: {
            const json value = number<int>(message, type);
            return value.is_null() ? value : json(value != 0);
        }
        case SD_BUS_TYPE_BYTE:
            return number<std::uint8_t>(message, type);
        case SD_BUS_TYPE_INT16:
            return number<std::int16_t>(message, type);
        case SD_BUS_TYPE_UINT16:
            return number<std::uint16_t>(message, type);
        case SD_BUS_TYPE_INT32:
            return number<std::int32_t>(message, type);
        case SD_BUS_TYPE_UINT32:
            return number<std::uint32_t>(message, type);
        case SD_BUS_TYPE_INT64:
            return number<std::int64_t>(message, type);
        case SD_BUS_TYPE_UINT64:
            return number<std::uint64_t>(message, type);
        case SD_BUS_TYPE_DOUBLE:
            return number<double>(message, type);
        case SD_BUS_TYPE_STRING:
        case SD_BUS_TYPE_OBJECT_PATH:
        case SD_BUS_TYPE_SIGNATURE:
            return text(message, type);
        default:
            sd_bus_message_skip(message, nullptr);
            return {};
    }
}

json members(sd_bus_message* message, char type, const char* contents) {
    json list = json::array();
    if (sd_bus_message_enter_container(message, type, contents) <= 0) {
        return {};
    }
    while (sd_bus_message_at_end(message, 0) == 0) {
        json value = to_json(message);
        if (value.is_null()) {
            return {};
        }
        list.push_back(std::move(value));
    }
    sd_bus_message_exit_container(message);
    return list;
}

json dictionary(sd_bus_message* message, const char* contents) {
    json object = json::object();
    if (sd_bus_message_enter_container(message, 'a', contents) <= 0) {
        return {};
    }
    while (sd_bus_message_enter_container(message, 'e', nullptr) > 0) {
        const json key = to_json(message);
        if (!key.is_string()) {
            return {};
        }
        object[key.get<std::string>()] = to_json(message);
        sd_bus_message_exit_container(message);
    }
    sd_bus_message_exit_container(message);
    return object;
}

}  // namespace

json to_json(sd_bus_message* message) {
    char type = 0;
    const char* contents = nullptr;
    if (sd_bus_message_peek_type(message, &type, &contents) <= 0) {
        return {};
    }
    if (type == 'a' && *contents == '{') {
        return dictionary(message, contents);
    }
    if (type == 'a' || type == 'r') {
        return members(message, type, contents);
    }
    if (type != 'v') {
        return basic(message, type);
    }
    if (sd_bus_message_enter_container(message, 'v', contents) <= 0) {
        return {};
    }
    json value = to_json(message);
    sd_bus_message_exit_container(message);
    return value;
}

}  // namespace penstock::ctl
