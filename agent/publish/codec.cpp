// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/codec.h"

#include "base/text.h"

namespace penstock::dbus {
namespace {

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
int read_variant(sd_bus_message* message, std::optional<T>& into) {
    int result = sd_bus_message_enter_container(message, 'v', Codec<T>::signature.c_str());
    result = result < 0 ? result : Codec<T>::read(message, into.emplace());
    return result < 0 ? result : sd_bus_message_exit_container(message);
}

template <typename T>
int append_variant(sd_bus_message* message, const T& value) {
    int result = sd_bus_message_open_container(message, 'v', Codec<T>::signature.c_str());
    result = result < 0 ? result : Codec<T>::append(message, value);
    return result < 0 ? result : sd_bus_message_close_container(message);
}

}  // namespace

int Codec<std::string>::read(sd_bus_message* message, std::string& value) {
    const char* text = nullptr;
    const int result = sd_bus_message_read_basic(message, 's', static_cast<void*>(&text));
    if (result < 0) {
        return result;
    }
    value = text;
    return value.size() > longest_string ? -E2BIG : result;
}

int Codec<Details>::append(sd_bus_message* message, const Details& values) {
    int result = sd_bus_message_open_container(message, 'a', "{sv}");
    for (const auto& [name, detail] : values) {
        result = result < 0 ? result : sd_bus_message_open_container(message, 'e', "sv");
        result = result < 0 ? result : Codec<std::string>::append(message, name);
        const auto add = [&](const auto& value) { return append_variant(message, value); };
        result = result < 0 ? result : std::visit(add, detail);
        result = result < 0 ? result : sd_bus_message_close_container(message);
    }
    return result < 0 ? result : sd_bus_message_close_container(message);
}

int Codec<NoOptions>::read(sd_bus_message* message, NoOptions& value) {
    return read_dictionary(message, [&](const std::string& key) {
        value.unknown_key = key;
        return sd_bus_message_skip(message, "v");
    });
}

int Codec<ProcessChanges>::read(sd_bus_message* message, ProcessChanges& value) {
    return read_dictionary(
        message, [&](const std::string& key) { return read_change(message, key, value); });
}

int read_change(sd_bus_message* message, const std::string& property, ProcessChanges& changes) {
    if (property == "Priority") {
        return read_variant(message, changes.priority);
    }
    if (property == "Weight") {
        return read_variant(message, changes.weight);
    }
    if (property == "Class") {
        return read_variant(message, changes.service_class);
    }
    if (property == "DeadlineUSec") {
        return read_variant(message, changes.deadline);
    }
    if (property == "CostUSec") {
        return read_variant(message, changes.cost);
    }
    changes.unknown_key = property;
    return sd_bus_message_skip(message, "v");
}

}  // namespace penstock::dbus
