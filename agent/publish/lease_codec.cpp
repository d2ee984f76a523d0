// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/lease_codec.h"

#include "agent/publish/dictionary.h"

namespace penstock::dbus {

int Codec<LeaseOptions>::read(sd_bus_message* message, LeaseOptions& value) {
    return read_dictionary(message, [&](const std::string& key) {
        if (key == "min") {
            return read_variant(message, value.least.emplace());
        }
        if (key == "wait-usec") {
            return read_variant(message, value.wait_usec.emplace());
        }
        if (key == "exclusive") {
            return read_variant(message, value.exclusive);
        }
        if (key == "insist") {
            return read_variant(message, value.insist);
        }
        if (key == "class") {
            return read_variant(message, value.lease_class.emplace());
        }
        if (key == "who") {
            return read_variant(message, value.who);
        }
        if (key == "why") {
            return read_variant(message, value.why);
        }
        value.unknown_key = key;
        return sd_bus_message_skip(message, "v");
    });
}

int Codec<GrantedLease>::append(sd_bus_message* message, const GrantedLease& value) {
    int result = Codec<Fd>::append(message, value.descriptor);
    result = result < 0 ? result : Codec<ObjectPath>::append(message, value.lease);
    return result < 0 ? result : Codec<std::uint64_t>::append(message, value.granted);
}

}  // namespace penstock::dbus
