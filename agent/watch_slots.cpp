// SPDX-License-Identifier: Apache-2.0

#include "agent/watch_slots.h"

#include <algorithm>

#include "base/journal.h"

namespace penstock {

std::uint32_t WatchSlots::watch(OwnerId owner,
                                int pidfd,
                                std::uint32_t pid,
                                std::uint64_t write_address) {
    Watched& watched =
        owners_.try_emplace(owner, Watched{.pidfd = pidfd, .pid = pid}).first->second;
    if (watched.pointers.size() >= PointerWatch::most_pointers) {
        return wire::no_slot;
    }
    const std::optional<std::uint32_t> slot = watch_.take_slot();
    if (!slot) {
        return wire::no_slot;
    }
    watched.pointers.push_back({.slot = *slot, .write_address = write_address});
    if (Result<> done = watch_.watch(pidfd, static_cast<pid_t>(pid), watched.pointers); !done) {
        journal(Severity::warning,
                "process " + std::to_string(pid) +
                    " is sampled instead of watched: " + done.error().message());
        watched.pointers.pop_back();
        watch_.give_back_slot(*slot);
        return wire::no_slot;
    }
    return *slot;
}

void WatchSlots::unwatch(OwnerId owner, std::uint32_t slot) {
    const auto found = owners_.find(owner);
    if (found == owners_.end()) {
        return;
    }
    Watched& watched = found->second;
    std::erase_if(watched.pointers, [&](const auto& pointer) { return pointer.slot == slot; });
    if (watched.pointers.empty()) {
        watch_.unwatch(watched.pidfd);
        owners_.erase(found);
    } else if (!watch_.watch(watched.pidfd, static_cast<pid_t>(watched.pid), watched.pointers)) {
        unwatch_all(
            owner);  // The shorter list was refused: better none than one with a freed slot.
    }
    watch_.give_back_slot(slot);
}

void WatchSlots::unwatch_all(OwnerId owner) {
    const auto found = owners_.find(owner);
    if (found == owners_.end()) {
        return;
    }
    watch_.unwatch(found->second.pidfd);
    for (const PointerWatch::Pointer& pointer : found->second.pointers) {
        watch_.give_back_slot(pointer.slot);
    }
    owners_.erase(found);
}

}  // namespace penstock
