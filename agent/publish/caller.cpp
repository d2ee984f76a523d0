// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/caller.h"

#include "agent/publish/connection.h"

namespace penstock::dbus {

Credentials Caller::credentials() const {
    sd_bus_creds* raw = nullptr;
    if (sd_bus_query_sender_creds(message_, SD_BUS_CREDS_EUID, &raw) < 0) {
        return {};
    }
    const CredentialsHandle held(raw);
    uid_t euid = 0;
    if (sd_bus_creds_get_euid(raw, &euid) < 0) {
        return {};
    }
    const bool augmented = (sd_bus_creds_get_augmented_mask(raw) & SD_BUS_CREDS_EUID) != 0;
    return {.euid = euid, .augmented = augmented};
}

}  // namespace penstock::dbus
