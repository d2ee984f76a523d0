// SPDX-License-Identifier: Apache-2.0
//
// QueueKeeper: what a cooperating process does with its own queues when it is ordered to.
//
// Whatever asks for what is so already succeeds. An order for all queues of a device holds for the
// queues that are created there later, until its opposite.

#pragma once

#include <cstdint>

#include "base/result.h"

namespace penstock::client {

// One queue of a device, or all_queues. Both numbers are KFD's.
struct Place {
    std::uint32_t gpu_id = 0;
    std::uint32_t queue = 0;
    auto operator<=>(const Place&) const = default;
};

class QueueKeeper {
  public:
    virtual ~QueueKeeper() = default;

    // Each returns how many queues it reached, and only once it is true of all of them.
    virtual Result<std::uint32_t> suspend(Place place) = 0;
    virtual Result<std::uint32_t> resume(Place place) = 0;

    // Of each queue; 0 packets stand for no limit.
    virtual Result<std::uint32_t> limit_launches(Place place, std::uint32_t packets) = 0;

    // 0..15, or own_priority for the one that the program gave.
    virtual Result<std::uint32_t> set_priority(Place place, std::uint32_t priority) = 0;

    // A count of 0 stands for all units.
    virtual Result<std::uint32_t> set_units(Place place,
                                            std::uint32_t first,
                                            std::uint32_t count) = 0;

    // All queues run, without limit, at their own priority and on all units. Tried again as long as
    // it fails.
    virtual Result<> undo() = 0;
};

}  // namespace penstock::client
