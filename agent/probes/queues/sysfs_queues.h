// SPDX-License-Identifier: Apache-2.0
//
// Sysfs queues: the queues that existed before anybody listened, as the driver lists them.
//
// Sysfs tells number, device, size and kind, but neither ring nor pointers: a compute queue found
// here can not be told AQL from PM4. The process numbers are those of the initial pid namespace.

#pragma once

#include <cstdint>
#include <vector>

#include "base/tree.h"
#include "policies/snapshot.h"

namespace penstock {

struct ListedQueue {
    std::uint32_t pid = 0;
    std::uint32_t number = 0;
    GpuId gpu{};
    std::uint32_t ring_bytes = 0;
    QueueType type = QueueType::unknown;
    bool operator==(const ListedQueue&) const = default;
};

struct QueueListing {
    std::vector<ListedQueue> queues{};
    std::vector<Error>
        unreadable{};  // Entries that were there and made no sense, not vanished ones.
};

// Fails with ENOENT where no KFD driver is. Beyond the driver's own limits entries are errors.
Result<QueueListing> scan_queues(const Tree& sys);

}  // namespace penstock
