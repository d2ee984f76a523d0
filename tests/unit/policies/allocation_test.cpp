// SPDX-License-Identifier: Apache-2.0
//
// The way from a pointer move to a suspend allocates nothing: the gate runs it with a raised
// priority, where waiting for another thread's lock in the allocator would be the latency.

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "policies/catalogue.h"
#include "tests/fakes/machine.h"
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

// 64 queues of 32 owners on two devices, under pressure.
Snapshot crowd() {
    using namespace std::chrono_literals;
    fakes::Machine machine;
    for (std::uint64_t id = 1; id <= 32; ++id) {
        machine.owner(id, {.priority = static_cast<std::int32_t>(id % 5)});
        machine.queue(id, fakes::first_gpu).queue(id, fakes::second_gpu);
    }
    Snapshot seen = machine.at(10s);
    for (Owner& owner : seen.owners) {
        owner.service_class = static_cast<ServiceClass>(owner.id.value % 4);
        owner.deadline = owner.id.value % 3 == 0 ? Duration(1s) : Duration{};
        owner.cost = 100ms;
    }
    seen.devices = {{.gpu = fakes::first_gpu, .apu = true}, {.gpu = fakes::second_gpu}};
    seen.memory.push_back({});
    seen.memory[0].utilization = {.value = 0.99, .taken = seen.now};
    return seen;
}

TEST(Deciding, allocates_nothing_once_the_machine_is_known) {
    Snapshot seen = crowd();
    for (const CatalogueEntry& entry : catalogue()) {
        const auto policy = entry.make({});
        static_cast<void>(policy->decide(seen));
        const std::size_t before = allocations;
        std::size_t orders = 0;
        for (int tick = 0; tick < 100; ++tick) {
            seen.now += std::chrono::milliseconds(10);
            seen.memory[0].utilization.taken = seen.now;
            orders += policy->decide(seen).orders.size();
        }
        EXPECT_EQ(allocations, before) << entry.name;
        EXPECT_TRUE(orders == 200 || entry.name == "observe-only") << entry.name;
    }
}

// With everything that moves ranks in it.
TEST(OrderExecutorFastPath, allocates_nothing_whatever_moves_ranks) {
    DeviceOrder order;
    order.runners = 2;
    order.precedence = Precedence::least_left;
    for (std::uint64_t owner = 1; owner <= 64; ++owner) {
        RankedOwner place = ranked(owner, static_cast<std::int32_t>(owner % 3));
        place.quantum = std::chrono::milliseconds(2);
        place.deadline = std::chrono::milliseconds(50);
        place.learns = true;
        place.steal = {.rank = 100, .quantum = std::chrono::milliseconds(4)};
        place.descent = {.allotment = std::chrono::milliseconds(2), .levels = 8};
        place.budget = {.amount = std::chrono::milliseconds(3),
                        .period = std::chrono::milliseconds(10),
                        .hard = owner % 2 == 0};
        order.owners.push_back(place);
    }
    OrderExecutor executor;
    executor.follow(order, from_ns(0));
    const std::size_t before = allocations;
    std::size_t actions = 0;
    for (std::int64_t ms = 1; ms < 1000; ++ms) {
        const TimePoint now(std::chrono::milliseconds{ms});
        executor.has_work(OwnerId{static_cast<std::uint64_t>(ms % 64) + 1}, now);
        executor.drained(OwnerId{static_cast<std::uint64_t>(ms * 7 % 64) + 1}, now);
        actions += executor.act(now).size();
    }
    EXPECT_EQ(allocations, before);
    EXPECT_GT(actions, 100U);
}

}  // namespace
}  // namespace penstock
