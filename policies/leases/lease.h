// SPDX-License-Identifier: Apache-2.0
//
// Lease: a right to a share of a bandwidth, until its holder lets go.
//
// Leases never stop anybody by themselves. They say who may move how much, so that those who keep
// to them do not ruin each other's bandwidth.

#pragma once

#include <cstdint>
#include <optional>

#include "base/units.h"
#include "policies/leases/use_forecast.h"

namespace penstock {

// Better ones first.
enum class LeaseClass : std::uint8_t {
    critical,  // Gets what it wants first, and at once.
    normal,
    stream,      // Bulk copies: their throughput counts.
    background,  // Takes what nobody else wants.
};

// One budget. A memory controller reads and writes in turns, so that both share the budget of a
// node; a link has one for each direction.
struct LeasePool {
    enum class Kind : std::uint8_t { memory, to_device, from_device };

    Kind kind = Kind::memory;
    std::uint32_t number = 0;  // Of the memory node, or KFD's gpu_id.
    auto operator<=>(const LeasePool&) const = default;
};

// Who asks. Whoever holds the descriptor of a lease holds the lease; this is who asked for it.
struct LeaseParty {
    std::uint32_t uid = 0;
    std::uint32_t pid = 0;  // 0: nobody says.
    bool operator==(const LeaseParty&) const = default;
};

// Rates are bytes per second.
struct LeaseWish {
    LeasePool pool{};
    LeaseParty party{};
    LeaseClass lease_class = LeaseClass::normal;
    std::uint32_t weight = 100;  // Beside others of its class: 1..10000.
    std::uint64_t want = 0;
    std::uint64_t least = 0;  // Less is of no use; at most `want`.
    bool exclusive = false;   // All of the pool, and nobody beside it.
};

// A number names one lease at a time; the generation tells it from former ones.
struct LeaseId {
    std::uint32_t number = 0;
    std::uint64_t generation = 0;
    auto operator<=>(const LeaseId&) const = default;
};

struct Lease {
    LeaseId id{};  // Generations are tickets: who came first has the lower one.
    LeaseWish wish{};
    bool held = false;
    std::uint64_t promise = 0;  // What the grant never falls below while it is held.
    std::uint64_t granted = 0;
    TimePoint held_since{};
    TimePoint until{};           // A waiter's patience ends.
    std::uint32_t bypasses = 0;  // Later ones that were granted before this waiter.
    std::optional<TimePoint> bypassed_since{};
    UseForecast use{};
};

}  // namespace penstock
