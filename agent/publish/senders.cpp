// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/senders.h"

#include "agent/publish/connection.h"

namespace penstock::dbus {
namespace {

// One round trip to the bus.
Credentials ask_bus(sd_bus_message* message) {
    sd_bus_creds* raw = nullptr;
    if (sd_bus_query_sender_creds(message, SD_BUS_CREDS_EUID, &raw) < 0) {
        return {};
    }
    const CredentialsHandle held(raw);
    uid_t euid = 0;
    if (sd_bus_creds_get_euid(raw, &euid) < 0) {
        return {};
    }
    const bool augmented = (sd_bus_creds_get_augmented_mask(raw) & SD_BUS_CREDS_EUID) != 0;
    return {.known = true, .euid = euid, .augmented = augmented};
}

}  // namespace

std::uint32_t Senders::pid_of(sd_bus_message* message) {
    const char* name = sd_bus_message_get_sender(message);
    if (const auto found = name != nullptr ? pids_.find(name) : pids_.end(); found != pids_.end()) {
        return found->second;
    }
    sd_bus_creds* raw = nullptr;
    const int asked = sd_bus_query_sender_creds(message, SD_BUS_CREDS_PID, &raw);
    const CredentialsHandle held(raw);
    pid_t pid = 0;
    if (asked < 0 || sd_bus_creds_get_pid(raw, &pid) < 0 || pid <= 0) {
        return 0;
    }
    if (name != nullptr) {
        remember(pids_, name, static_cast<std::uint32_t>(pid));
    }
    return static_cast<std::uint32_t>(pid);
}

void Senders::remember(Known& known, const char* name, std::uint32_t number) {
    if (known.size() >= most) {
        known.clear();
    }
    known.emplace(name, number);
}

Answer<std::uint32_t> uid_from(const Credentials& credentials) {
    if (!credentials.known || credentials.augmented) {
        return refuse(error::access_denied, "the bus does not say which user sent the request");
    }
    return credentials.euid;
}

Answer<std::uint32_t> Senders::uid_of(sd_bus_message* message) {
    const char* name = sd_bus_message_get_sender(message);
    if (name == nullptr) {  // A connection without a bus in between.
        return uid_from(ask_bus(message));
    }
    if (const auto found = known_.find(name); found != known_.end()) {
        return found->second;
    }
    Answer<std::uint32_t> uid = uid_from(ask_bus(message));
    if (uid) {
        remember(known_, name, *uid);
    }
    return uid;
}

}  // namespace penstock::dbus
