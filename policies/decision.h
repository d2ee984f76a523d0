// SPDX-License-Identifier: Apache-2.0
//
// Decision: what a policy wants, as standing orders, one per device. It is data; the gate carries
// an order out at the moment a write pointer moves, without asking back, until the next one
// arrives.

#pragma once

#include <cstdint>
#include <vector>

#include "policies/reason.h"
#include "policies/snapshot.h"

namespace penstock {

enum class Verb : std::uint8_t { suspend, resume };

// A range of compute units of one device; a count of 0 means all of them.
struct UnitRange {
    static constexpr std::uint32_t most = 1024;  // The driver looks at no more bits of a mask.

    std::uint32_t first = 0;
    std::uint32_t count = 0;
    auto operator<=>(const UnitRange&) const = default;
};

// What can be changed of an owner's queues without preempting them. It takes the owner's
// cooperation: on other rungs levers do nothing.
struct Levers {
    static constexpr std::uint8_t highest_priority = 15;
    static constexpr std::uint8_t own_priority = 255;  // Leaves the queues' priority alone.

    std::uint8_t queue_priority = own_priority;  // 0..15 as in UPDATE_QUEUE: whose waves go first.
    UnitRange units{};
    auto operator<=>(const Levers&) const = default;
};

// For an owner with a deadline: when it runs before others though its own rank is lower.
struct Steal {
    std::int32_t rank = 0;  // While it steals; counts only above its usual rank.
    Duration quantum{};     // Of service, at once. 0: it does not steal.
    Duration guard{};       // It is to be done so long before its deadline.
    auto operator<=>(const Steal&) const = default;
};

// Of a feedback queue: the more an owner has been served, the lower its rank.
struct Descent {
    static constexpr std::uint8_t most_levels = 16;

    Duration allotment{};     // Of service, at the top; twice as much on each level below. 0: none.
    std::uint8_t levels = 1;  // Each is a rank below the one above.
    Duration rise{};          // Everybody is at the top again after so long; 0: never.
    auto operator<=>(const Descent&) const = default;
};

// Device time that an owner may count on, or has to get by with.
struct Budget {
    Duration amount{};  // In each period; 0: it has no budget.
    Duration period{};
    std::int32_t rank = 0;  // While something is left; counts only above its usual rank.
    bool hard = false;      // It does not run when nothing is left, though nobody else wants to.
    auto operator<=>(const Budget&) const = default;
};

// An owner's place on one device. All its queues there are suspended and resumed together, because
// one stream of a program may wait for another; but for those that an operator holds one by one.
struct RankedOwner {
    static constexpr std::uint32_t usual_share = 100;
    static constexpr std::uint32_t most_share = 10'000;
    static constexpr Duration longest_quantum = std::chrono::seconds(1);
    static constexpr Duration longest_wait =
        std::chrono::hours(1);  // Of deadlines, costs and so on.

    // What becomes of its rank when it has had work, and not run, for too long.
    struct Late {
        Duration after{};       // 0: never.
        std::int32_t rank = 0;  // From then on; counts only above its usual rank.
        // False: it waits from the last time it ran, and has the rank for so much time of running;
        // then it waits anew. True: from when it got work, whether it runs or not, until it has
        // none.
        bool since_work = false;
        Duration lasts{};
        auto operator<=>(const Late&) const = default;
    };

    OwnerId owner{};
    std::int32_t rank = 0;  // Owners with work and a lower rank yield to owners with a higher one.
    bool preemptible = true;  // False: never suspended (no rung for it, or exempt).
    TimePoint held_until{};   // Suspended until then whatever its rank; the epoch for not held.
    Levers levers{};
    bool costs_device_time = true;      // Its suspensions count against the device's bound.
    std::uint32_t share = usual_share;  // Of the service, relative to others of its rank: from 1.
    Duration quantum{};  // How long its turn lasts while an equal waits; 0: until it has no work.
    // Of equal ranks the earliest deadline runs first, counted from when the owner got work; 0:
    // none.
    Duration deadline{};
    Duration cost{};  // Device time that it takes from then on: with it, the latest start counts.
    bool learns = false;  // Where its cost is not given, that of its past work counts.
    bool firm = false;    // A deadline that can not be kept any more counts for nothing.
    Late late{};
    Steal steal{};
    Descent descent{};
    Budget budget{};
    auto operator<=>(const RankedOwner&) const = default;
};

// In the place of a queue's number: all queues of the owner on the device.
inline constexpr std::uint32_t every_queue = 0xffffffff;

// A queue that stays suspended until then, whatever becomes of its owner's others. Held queues are
// rare, and a program may wait for each of them: an operator must have asked for it by number.
struct HeldQueue {
    OwnerId owner{};
    std::uint32_t queue = 0;
    TimePoint until{};
    auto operator<=>(const HeldQueue&) const = default;
};

// What decides between owners with work and the same rank, where the number of runners is bounded.
enum class Precedence : std::uint8_t {
    latest_start,  // Who has to start first to keep its deadline.
    least_left,    // Whose work needs the least device time from now on.
};

struct DeviceOrder {
    // More means no more; they keep times finite.
    static constexpr Duration longest_suspension_interval = std::chrono::seconds(60);
    static constexpr std::uint32_t most_suspension_burst = 1024;
    static constexpr std::size_t most_held_queues = 64;

    GpuId gpu{};
    // How many owners with work run at once: by rank, by deadline, and then in turns by their
    // shares. 0: all of the highest rank with work, and nobody below.
    std::uint32_t runners = 0;
    Precedence precedence = Precedence::latest_start;
    // Owners here yield to higher ranks with work on any device of the same domain; 0: to those
    // here.
    std::uint32_t domain = 0;
    // A higher rank counts as drained when its queues have been empty for so long. read_dispatch_id
    // moves at launch, so this also has to cover the last packet's execution.
    Duration settle{std::chrono::milliseconds(1)};
    Duration longest_suspension{std::chrono::milliseconds(200)};
    Duration run_window{std::chrono::milliseconds(20)};
    // Every suspension costs device time. On average they come at least so far apart, and after a
    // quiet time at most `suspension_burst` at once; an interval of 0 sets no bound. An operator's
    // hold does not wait, but counts.
    Duration suspension_interval{};
    std::uint32_t suspension_burst = 1;
    std::vector<RankedOwner> owners{};  // Sorted by owner.
    // Sorted by owner and number; each counts as a suspension.
    std::vector<HeldQueue> held_queues{};
    bool operator==(const DeviceOrder&) const = default;
};

struct Decision {
    std::vector<DeviceOrder> orders{};  // One per device that has queues, sorted by gpu.
    bool operator==(const Decision&) const = default;
};

}  // namespace penstock
