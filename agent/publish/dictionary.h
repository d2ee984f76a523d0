// SPDX-License-Identifier: Apache-2.0
//
// Dictionary: the a{sv} of D-Bus, read and written entry by entry.

#pragma once

#include <systemd/sd-bus.h>

#include <string>
#include <string_view>

#include "agent/publish/codec.h"
#include "base/text.h"

namespace penstock::dbus {

// An a{sv}; `take` reads the variant that belongs to the key.
template <typename Take>
int read_dictionary(sd_bus_message* message, Take take) {
    int result = sd_bus_message_enter_container(message, 'a', "{sv}");
    if (result < 0) {
        return result;
    }
    while ((result = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
        const char* key = nullptr;
        result = sd_bus_message_read_basic(message, 's', static_cast<void*>(&key));
        result = result < 0 ? result : take(*key == '\0' ? "(empty)" : printable(key));
        result = result < 0 ? result : sd_bus_message_exit_container(message);
        if (result < 0) {
            return result;
        }
    }
    return result < 0 ? result : sd_bus_message_exit_container(message);
}

template <typename T>
int append_entry(sd_bus_message* message, std::string_view name, const T& value) {
    int result = sd_bus_message_open_container(message, 'e', "sv");
    result = result < 0 ? result : Codec<std::string>::append(message, std::string(name));
    result = result < 0 ? result
                        : sd_bus_message_open_container(message, 'v', Codec<T>::signature.c_str());
    result = result < 0 ? result : Codec<T>::append(message, value);
    result = result < 0 ? result : sd_bus_message_close_container(message);
    return result < 0 ? result : sd_bus_message_close_container(message);
}

template <typename T>
int read_variant(sd_bus_message* message, T& value) {
    int result = sd_bus_message_enter_container(message, 'v', Codec<T>::signature.c_str());
    result = result < 0 ? result : Codec<T>::read(message, value);
    return result < 0 ? result : sd_bus_message_exit_container(message);
}

}  // namespace penstock::dbus
