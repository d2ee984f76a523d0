// SPDX-License-Identifier: Apache-2.0
//
// Lookup: questions that several policies and the guard ask of a snapshot.

#pragma once

#include <algorithm>

#include "policies/snapshot.h"

namespace penstock {

// Nothing when no such owner is known.
[[nodiscard]] inline const Owner* find_owner(const Snapshot& snapshot, OwnerId id) {
    const auto found = std::ranges::lower_bound(snapshot.owners, id, {}, &Owner::id);
    return found != snapshot.owners.end() && found->id == id ? &*found : nullptr;
}

// Nothing when no such queue is known.
[[nodiscard]] inline const Queue* find_queue(const Snapshot& snapshot, const QueueKey& key) {
    const auto found = std::ranges::lower_bound(snapshot.queues, key, {}, &Queue::key);
    return found != snapshot.queues.end() && found->key == key ? &*found : nullptr;
}

// Nothing when no such device is known.
[[nodiscard]] inline const Device* find_device(const Snapshot& snapshot, GpuId gpu) {
    const auto found = std::ranges::find(snapshot.devices, gpu, &Device::gpu);
    return found != snapshot.devices.end() ? &*found : nullptr;
}

// Whether a suspension has any effect on the rung. Where only launches can be held, the device is
// free once what is in flight has run.
[[nodiscard]] constexpr bool can_preempt(PreemptionLevel level) {
    switch (level) {
        case PreemptionLevel::cooperative_save:
        case PreemptionLevel::debug_suspend:
        case PreemptionLevel::vendor_ioctl:
        case PreemptionLevel::process_evict:
        case PreemptionLevel::launch_limit:
            return true;
        case PreemptionLevel::none:
            return false;
    }
    return false;  // Not one of the enumerators: out of reach.
}

// Whether the owner can be suspended, and may be.
[[nodiscard]] inline bool is_preemptible(const Owner& owner) {
    return owner.preemptible && can_preempt(owner.level);
}

// Whether a suspension takes queues off the device, with their waves. Held launches cost nothing.
[[nodiscard]] constexpr bool costs_device_time(PreemptionLevel level) {
    return can_preempt(level) && level != PreemptionLevel::launch_limit;
}

// Whether the owner obeys orders to its own queues, levers among them.
[[nodiscard]] constexpr bool cooperates(PreemptionLevel level) {
    return level == PreemptionLevel::cooperative_save || level == PreemptionLevel::launch_limit;
}

}  // namespace penstock
