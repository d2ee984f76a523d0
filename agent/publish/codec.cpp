// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/codec.h"

#include "agent/publish/dictionary.h"

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

int Codec<ObjectPath>::read(sd_bus_message* message, ObjectPath& value) {
    const char* text = nullptr;
    const int result = sd_bus_message_read_basic(message, 'o', static_cast<void*>(&text));
    if (result < 0) {
        return result;
    }
    value.text = text;
    return value.text.size() > longest_string ? -E2BIG : result;
}

int Codec<Details>::append(sd_bus_message* message, const Details& values) {
    int result = sd_bus_message_open_container(message, 'a', "{sv}");
    for (const auto& entry : values) {
        const std::string& name = entry.first;
        const auto add = [&](const auto& value) { return append_entry(message, name, value); };
        result = result < 0 ? result : std::visit(add, entry.second);
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
        return read_variant(message, changes.priority.emplace());
    }
    if (property == "Weight") {
        return read_variant(message, changes.weight.emplace());
    }
    if (property == "Class") {
        return read_variant(message, changes.service_class.emplace());
    }
    if (property == "DeadlineUSec") {
        return read_variant(message, changes.deadline.emplace());
    }
    if (property == "CostUSec") {
        return read_variant(message, changes.cost.emplace());
    }
    if (property == "DramMaxBytesPerSecond") {
        return read_variant(message, changes.dram_max.emplace());
    }
    changes.unknown_key = property;
    return sd_bus_message_skip(message, "v");
}

int Codec<QueueFilter>::read(sd_bus_message* message, QueueFilter& value) {
    return read_dictionary(message, [&](const std::string& key) {
        if (key == "queue") {
            return read_variant(message, value.queue.emplace());
        }
        if (key == "gpu") {
            return read_variant(message, value.gpu.emplace());
        }
        value.unknown_key = key;
        return sd_bus_message_skip(message, "v");
    });
}

}  // namespace penstock::dbus
