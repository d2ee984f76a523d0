// SPDX-License-Identifier: Apache-2.0
//
// The way from a pointer move to a suspend allocates nothing: the gate runs it with a raised
// priority, where waiting for another thread's lock in the allocator would be the latency.

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "policies/catalogue.h"
#include "tests/unit/policies/stage.h"

namespace {

std::size_t allocations = 0;

}  // namespace

// Replaces the program's own, so that every allocation is seen. Not inlined: gcc would see new and
// free() meet, and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size)) {  // NOLINT(cppcoreguidelines-owning-memory)
        return memory;
    }
    throw std::bad_alloc();
}

// The standard library's sorts take their buffers from this one.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t& /*quiet*/) noexcept {
    ++allocations;
    return std::malloc(size);  // NOLINT(cppcoreguidelines-owning-memory)
}

[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);  // NOLINT(cppcoreguidelines-owning-memory)
}

[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept {
    std::free(memory);  // NOLINT(cppcoreguidelines-owning-memory)
}

namespace penstock {
namespace {

TEST(OrderExecutorFastPath, allocates_nothing_once_an_order_stands) {
    std::vector<RankedOwner> owners;
    for (std::uint64_t owner = 1; owner <= 100; ++owner) {
        owners.push_back(ranked(owner, static_cast<std::int32_t>(owner)));
    }
    OrderExecutor executor;
    DeviceOrder order = order_of(owners);
    order.suspension_interval = std::chrono::microseconds(500);
    order.suspension_burst = 10;
    executor.follow(order, from_ns(0));

    const std::size_t before = allocations;
    std::size_t actions = 0;
    for (std::int64_t ms = 1; ms < 1000; ++ms) {
        const TimePoint now(std::chrono::milliseconds{ms});
        const OwnerId owner{static_cast<std::uint64_t>(ms % 100) + 1};
        executor.has_work(owner, now);
        executor.drained(OwnerId{100}, now);
        actions += executor.act(now).size();
    }
    EXPECT_EQ(allocations, before);
    EXPECT_GT(actions, 100U);
}

// The agent's tick must not, either.
TEST(PolicyDecision, allocates_nothing_once_the_machine_is_known) {
    constexpr std::uint32_t devices = 3;
    Snapshot snapshot;
    for (std::uint64_t owner = 1; owner <= 50; ++owner) {
        snapshot.owners.push_back({.id = {owner},
                                   .priority = static_cast<std::int32_t>(owner % 9),
                                   .level = PreemptionLevel::debug_suspend});
        for (std::uint32_t gpu = 1; gpu <= devices; ++gpu) {
            snapshot.queues.push_back({.key = {.owner = {owner}, .gpu = {gpu}}});
        }
    }
    snapshot.queues.back().held_until = from_ns(1);
    for (const CatalogueEntry& entry : catalogue()) {
        const auto policy = entry.make({});
        const Decision first = policy->decide(snapshot);
        const std::size_t before = allocations;
        const Decision& again = policy->decide(snapshot);
        EXPECT_EQ(allocations, before) << entry.name;
        EXPECT_EQ(again, first) << entry.name;
    }
}

}  // namespace
}  // namespace penstock
