// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/codec.h"

#include "base/text.h"

namespace penstock::dbus {

int Codec<std::string>::read(sd_bus_message* message, std::string& value) {
    const char* text = nullptr;
    const int result = sd_bus_message_read_basic(message, 's', static_cast<void*>(&text));
    if (result < 0) {
        return result;
    }
    value = text;
    return value.size() > longest_string ? -E2BIG : result;
}

int Codec<NoOptions>::read(sd_bus_message* message, NoOptions& value) {
    int result = sd_bus_message_enter_container(message, 'a', "{sv}");
    if (result < 0) {
        return result;
    }
    while ((result = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
        const char* key = nullptr;
        result = sd_bus_message_read_basic(message, 's', static_cast<void*>(&key));
        result = result < 0 ? result : sd_bus_message_skip(message, "v");
        if (result < 0) {
            return result;
        }
        value.unknown_key = *key == '\0' ? "(empty)" : printable(key);
        result = sd_bus_message_exit_container(message);
        if (result < 0) {
            return result;
        }
    }
    return result < 0 ? result : sd_bus_message_exit_container(message);
}

}  // namespace penstock::dbus
