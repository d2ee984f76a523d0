// SPDX-License-Identifier: Apache-2.0
//
// Decision: what a policy wants, as standing orders, one per device. It is data; the gate carries
// an order out at the moment a write pointer moves, without asking back, until the next one
// arrives.

#pragma once

#include <cstdint>
#include <vector>

#include "policies/snapshot.h"

namespace penstock {

// Why an owner was suspended or resumed.
enum class Reason : std::uint8_t {
    higher_rank_has_work,
    higher_rank_drained,
    operator_request,
    longest_suspension,  // The guard's bound; a run window follows.
    order_changed,       // The new standing order no longer asks for it.
    release,             // Preemption disabled, agent leaving, or owner let go.
};

enum class Verb : std::uint8_t { suspend, resume };

// An owner's place on one device. All its queues there are suspended and resumed together, because
// one stream of a program may wait for another.
struct RankedOwner {
    OwnerId owner{};
    std::int32_t rank = 0;  // Owners with work and a lower rank yield to owners with a higher one.
    bool preemptible = true;  // False: never suspended (no rung for it, or exempt).
    TimePoint held_until{};   // Suspended until then whatever its rank; the epoch for not held.
    auto operator<=>(const RankedOwner&) const = default;
};

struct DeviceOrder {
    GpuId gpu{};
    // A higher rank counts as drained when its queues have been empty for so long. read_dispatch_id
    // moves at launch, so this also has to cover the last packet's execution.
    Duration settle{std::chrono::milliseconds(1)};
    Duration longest_suspension{std::chrono::milliseconds(200)};
    Duration run_window{std::chrono::milliseconds(20)};
    std::vector<RankedOwner> owners{};  // Sorted by owner.
    bool operator==(const DeviceOrder&) const = default;
};

struct Decision {
    std::vector<DeviceOrder> orders{};  // One per device that has queues, sorted by gpu.
    bool operator==(const Decision&) const = default;
};

}  // namespace penstock
