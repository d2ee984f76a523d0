// SPDX-License-Identifier: Apache-2.0

#include "agent/publish/subscription_requests.h"

#include "agent/publish/subscriptions.h"

namespace penstock::dbus {

Answer<> subscribe(ManagerObject& manager, const Caller& caller, std::uint64_t interval_usec) {
    const Answer<std::uint32_t> uid = manager.surface.sender();
    if (!uid) {
        return std::unexpected(uid.error());
    }
    return manager.surface.subscriptions->begin(caller.message(), *uid, interval_usec);
}

Answer<> unsubscribe(ManagerObject& manager, const Caller& caller) {
    manager.surface.subscriptions->end(caller.message());
    return {};
}

}  // namespace penstock::dbus
