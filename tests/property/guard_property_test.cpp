// SPDX-License-Identifier: Apache-2.0
//
// Whatever a policy wishes on whatever machine, the guard's limits hold afterwards.

#include <gtest/gtest.h>

#include <algorithm>

#include "policies/catalogue.h"
#include "policies/guard.h"
#include "policies/lookup.h"
#include "policies/preemption_cost.h"
#include "policies/single_queues.h"
#include "tests/fakes/machine.h"
#include "tests/property/dice.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using fakes::Machine;

constexpr std::uint32_t seeds = 2000;
constexpr std::uint64_t owners = 8;

GpuId random_gpu(Dice& dice) {
    return GpuId{1 + dice.below(3)};
}

Sample<Duration> random_cost(Dice& dice) {
    if (dice.one_in(4)) {
        return {};
    }
    return {.value = dice.microseconds_below(dice.one_in(5) ? 9'000'000 : 1'000)};
}

Device random_device(Dice& dice, GpuId gpu) {
    return {.gpu = gpu,
            .scheduler = static_cast<DeviceScheduler>(dice.below(4)),
            .suspend_cost = random_cost(dice),
            .resume_cost = random_cost(dice)};
}

Snapshot random_machine(Dice& dice) {
    Machine machine;
    for (std::uint64_t id = 1; id <= owners; ++id) {
        if (dice.one_in(3)) {
            continue;
        }
        Machine::OwnerTraits traits{.priority = dice.between(-20, 20),
                                    .level = static_cast<PreemptionLevel>(dice.below(6)),
                                    .preemptible = !dice.one_in(5)};
        if (dice.one_in(4)) {
            traits.held_until = TimePoint(std::chrono::seconds(dice.below(200)));
        }
        machine.owner(id, traits);
        for (std::uint32_t queue = dice.below(4); queue > 0; --queue) {
            machine.queue(id, random_gpu(dice));
            if (dice.one_in(4)) {
                machine.held(TimePoint(std::chrono::seconds(dice.below(200))));
            }
        }
    }
    machine.preemption(!dice.one_in(10));
    Snapshot seen = machine.at(10s);
    for (Owner& owner : seen.owners) {
        owner.weight = 1 + dice.below(10'000);
        owner.service_class = static_cast<ServiceClass>(dice.below(4));
        owner.deadline = dice.one_in(2) ? dice.microseconds_below(5'000'000) : Duration{};
        owner.cost = dice.one_in(2) ? dice.microseconds_below(5'000'000) : Duration{};
    }
    for (std::uint32_t gpu = 1; gpu <= 3; ++gpu) {
        if (!dice.one_in(4)) {
            seen.devices.push_back(random_device(dice, GpuId{gpu}));
        }
    }
    return seen;
}

Duration random_duration(Dice& dice) {
    const auto signs = dice.one_in(5) ? -1 : 1;
    return signs * (dice.one_in(5) ? Duration(1h) : dice.microseconds_below(500'000));
}

// By rules that no wire would carry.
void move_ranks(RankedOwner& place, Dice& dice) {
    place.share = dice.below(20'000);
    place.quantum = random_duration(dice);
    place.deadline = random_duration(dice);
    place.cost = random_duration(dice);
    place.late = {.after = random_duration(dice), .rank = 7, .lasts = random_duration(dice)};
    place.steal = {.rank = 7, .quantum = random_duration(dice), .guard = random_duration(dice)};
    place.descent = {.allotment = random_duration(dice),
                     .levels = static_cast<std::uint8_t>(dice.below(256)),
                     .rise = random_duration(dice)};
    place.budget = {.amount = random_duration(dice), .period = random_duration(dice), .hard = true};
}

Levers random_levers(Dice& dice) {
    return {.queue_priority = static_cast<std::uint8_t>(dice.below(256)),
            .units = {.first = dice.below(2000), .count = dice.below(2000)}};
}

// What no sane policy would wish.
Decision random_wish(Dice& dice) {
    Decision wish;
    for (std::uint32_t order = dice.below(5); order > 0; --order) {
        wish.orders.push_back(
            {.gpu = random_gpu(dice),
             .settle = random_duration(dice),
             .longest_suspension = random_duration(dice),
             .run_window = random_duration(dice),
             .suspension_interval = dice.one_in(3) ? random_duration(dice) : Duration{},
             .suspension_burst = dice.below(2000)});
        for (std::uint32_t owner = dice.below(12); owner > 0; --owner) {
            wish.orders.back().owners.push_back({.owner = OwnerId{dice.below(12)},
                                                 .rank = dice.between(-99, 99),
                                                 .preemptible = !dice.one_in(3),
                                                 .held_until = TimePoint(random_duration(dice)),
                                                 .levers = random_levers(dice),
                                                 .costs_device_time = dice.one_in(2)});
            move_ranks(wish.orders.back().owners.back(), dice);
        }
        for (std::uint32_t held = dice.below(100); held > 0; --held) {
            wish.orders.back().held_queues.push_back({.owner = OwnerId{dice.below(12)},
                                                      .queue = dice.below(20),
                                                      .until = TimePoint(random_duration(dice))});
        }
    }
    return wish;
}

template <typename Items, typename Key>
bool sorted_without_repetition(const Items& items, Key key) {
    return std::ranges::adjacent_find(items, std::ranges::greater_equal(), key) == items.end();
}

// Preemptions cost at most the share of the device's time, however dear; but for one a second.
void expect_affordable(const DeviceOrder& order, const Snapshot& seen, double share) {
    const Device* device = find_device(seen, order.gpu);
    const std::optional<Duration> cost = device_time_per_preemption(device ? *device : Device{});
    const Duration affordable =
        cost ? std::chrono::duration_cast<Duration>(*cost / share) : Duration(10ms);
    EXPECT_GE(order.suspension_interval + 1ns, std::min<Duration>(affordable, 1s));
    EXPECT_GE(order.suspension_burst, 1U);
    EXPECT_LE(order.suspension_burst, DeviceOrder::most_suspension_burst);
}

void expect_safe(const HeldQueue& held,
                 GpuId gpu,
                 const Snapshot& seen,
                 const Guard::Limits& limits) {
    const Queue* queue = find_queue(seen, {.owner = held.owner, .gpu = gpu, .number = held.queue});
    ASSERT_NE(queue, nullptr);
    EXPECT_TRUE(can_be_held(*find_owner(seen, held.owner), *queue));
    EXPECT_LE(held.until, queue->held_until.value_or(TimePoint{}));
    EXPECT_LE(held.until, seen.now + limits.longest_hold);
}

bool is_quantum(Duration quantum, const Guard::Limits& limits) {
    return quantum == Duration{} ||
           (quantum >= limits.shortest_quantum && quantum <= RankedOwner::longest_quantum);
}

bool is_wait(Duration wait) {
    return wait >= Duration{} && wait <= RankedOwner::longest_wait;
}

// However ranks move, turns are no shorter than the limit, and every time is one.
void expect_sound(const RankedOwner& place, const Guard::Limits& limits) {
    EXPECT_GE(place.share, 1U);
    EXPECT_LE(place.share, RankedOwner::most_share);
    EXPECT_TRUE(is_quantum(place.quantum, limits));
    EXPECT_TRUE(is_quantum(place.steal.quantum, limits));
    EXPECT_TRUE(is_quantum(place.descent.allotment, limits));
    EXPECT_GE(place.descent.levels, 1);
    EXPECT_LE(place.descent.levels, Descent::most_levels);
    for (const Duration wait : {place.deadline,
                                place.cost,
                                place.late.after,
                                place.late.lasts,
                                place.steal.guard,
                                place.descent.rise,
                                place.budget.period}) {
        EXPECT_TRUE(is_wait(wait));
    }
    EXPECT_GE(place.budget.amount, Duration{});
    EXPECT_LE(place.budget.amount, place.budget.period);
}

void expect_safe(const DeviceOrder& order, const Snapshot& seen, const Guard::Limits& limits) {
    EXPECT_GE(order.settle, 0s);
    EXPECT_LE(order.settle, limits.longest_settle);
    EXPECT_GE(order.longest_suspension, 0s);
    EXPECT_LE(order.longest_suspension, limits.longest_suspension);
    EXPECT_GE(order.run_window, limits.shortest_run_window);
    expect_affordable(order, seen, limits.device_time_share);
    EXPECT_TRUE(sorted_without_repetition(order.owners, &RankedOwner::owner));
    for (const RankedOwner& place : order.owners) {
        const Owner* owner = find_owner(seen, place.owner);
        ASSERT_NE(owner, nullptr);
        expect_sound(place, limits);
        EXPECT_TRUE(!place.preemptible || is_preemptible(*owner));
        EXPECT_LE(place.held_until, owner->held_until.value_or(TimePoint{}));
        EXPECT_LE(place.held_until, seen.now + limits.longest_hold);
        EXPECT_EQ(place.costs_device_time, costs_device_time(owner->level));
    }
    EXPECT_LE(order.held_queues.size(), DeviceOrder::most_held_queues);
    for (const HeldQueue& held : order.held_queues) {
        expect_safe(held, order.gpu, seen, limits);
    }
}

void expect_safe(const Decision& decision, const Snapshot& seen, const Guard::Limits& limits) {
    EXPECT_TRUE(seen.preemption_enabled || decision.orders.empty());
    EXPECT_TRUE(sorted_without_repetition(decision.orders, &DeviceOrder::gpu));
    for (const DeviceOrder& order : decision.orders) {
        expect_safe(order, seen, limits);
    }
}

// Nobody is ordered about who has no queue there.
void expect_present(const Decision& decision, const Snapshot& seen) {
    for (const DeviceOrder& order : decision.orders) {
        for (const RankedOwner& place : order.owners) {
            EXPECT_TRUE(std::ranges::any_of(seen.queues, [&](const Queue& queue) {
                return queue.key.owner == place.owner && queue.key.gpu == order.gpu;
            }));
        }
    }
}

// How often owners may be suspended, and for how long, our policies leave to the guard.
Decision without_bounds(Decision decision) {
    for (DeviceOrder& order : decision.orders) {
        order.longest_suspension = {};
        order.run_window = {};
        order.suspension_interval = {};
        order.suspension_burst = 1;
        for (RankedOwner& place : order.owners) {
            place.costs_device_time = true;
        }
    }
    return decision;
}

TEST(GuardProperty, makes_the_wildest_wish_safe) {
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Dice dice(seed);
        const Snapshot seen = random_machine(dice);
        const Guard::Limits limits;
        const Decision trimmed = Guard(limits).trim(random_wish(dice), seen);
        expect_safe(trimmed, seen, limits);
        EXPECT_EQ(Guard(limits).trim(trimmed, seen), trimmed) << "trimming twice changes nothing";
        if (testing::Test::HasFailure()) {
            return;
        }
    }
}

TEST(GuardProperty, finds_nothing_to_trim_in_our_own_policies) {
    for (const CatalogueEntry& entry : catalogue()) {
        const auto policy = entry.make({});
        for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
            SCOPED_TRACE(std::string(entry.name) + ", seed " + std::to_string(seed));
            Dice dice(seed);
            Snapshot seen = random_machine(dice);
            seen.preemption_enabled = true;
            const Guard::Limits limits{.longest_hold = 1h};
            const Decision decision = policy->decide(seen);
            const Decision trimmed = Guard(limits).trim(decision, seen);
            ASSERT_EQ(without_bounds(trimmed), without_bounds(decision));
            ASSERT_EQ(policy->decide(seen), decision) << "the same snapshot, another decision";
            expect_safe(trimmed, seen, limits);
            expect_present(decision, seen);
        }
    }
}

}  // namespace
}  // namespace penstock
