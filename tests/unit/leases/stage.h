// SPDX-License-Identifier: Apache-2.0
//
// Stage: a ledger over one memory node, with a clock that the test turns.

#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "policies/leases/lease_ledger.h"

namespace penstock::test {

using namespace std::chrono_literals;

inline constexpr LeasePool node{.kind = LeasePool::Kind::memory, .number = 0};
inline constexpr LeasePool other_node{.kind = LeasePool::Kind::memory, .number = 1};
inline constexpr std::uint64_t giga = 1'000'000'000;
inline constexpr std::uint64_t whole = 95 * giga;  // What is given out of a peak of 100.
inline constexpr std::uint64_t usual_floor = 4 * giga;

struct Stage {
    Stage() {
        ledger.measure(node, 100 * giga, now);
        ledger.measure(other_node, 100 * giga, now);
    }

    LeaseLedger ledger{};
    TimePoint now = from_ns(1'000'000'000);
    LeaseLedger::News news{};  // Of the last time that it settled.
    std::uint32_t last_pid = 100;

    // Of a party of its own.
    LeaseWish wish(std::uint64_t want, std::uint64_t least) {
        return {
            .pool = node, .party = {.uid = 1000, .pid = ++last_pid}, .want = want, .least = least};
    }

    LeaseWish wish(std::uint64_t want) { return wish(want, want); }

    LeaseId enter(const LeaseWish& wish, Duration patience = 5s) {
        EXPECT_EQ(ledger.bar(wish, false), LeaseBar::none);
        const LeaseId id = ledger.enter(wish, now + patience);
        settle();
        return id;
    }

    void settle() { news = ledger.settle(now); }

    void pass(Duration time) {
        for (const TimePoint end = now + time; now < end;) {
            now = std::min(end, now + 10ms);
            settle();
        }
    }

    void release(LeaseId id) {
        EXPECT_TRUE(ledger.release(id));
        settle();
    }

    [[nodiscard]] bool holds(LeaseId id) const {
        const Lease* lease = ledger.find(id.number);
        return lease != nullptr && lease->held;
    }

    [[nodiscard]] std::uint64_t granted(LeaseId id) const {
        const Lease* lease = ledger.find(id.number);
        return lease != nullptr && lease->held ? lease->granted : 0;
    }
};

}  // namespace penstock::test
