// SPDX-License-Identifier: Apache-2.0

#include "policies/neighbours.h"

#include <gtest/gtest.h>

#include <array>

#include "policies/fixed_priority.h"
#include "tests/fakes/machine.h"
#include "tests/fakes/spelled.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;

constexpr OwnerId important{.value = 1};
constexpr OwnerId other{.value = 2};

// Three devices; on each, what the last act() did.
class Street {
  public:
    explicit Street(std::array<std::uint32_t, 3> domains) {
        for (std::size_t at = 0; at < houses.size(); ++at) {
            DeviceOrder order{.gpu = GpuId{static_cast<std::uint32_t>(at + 1)},
                              .domain = domains.at(at)};
            order.owners = {{.owner = important, .rank = 10}, {.owner = other, .rank = 0}};
            houses.at(at).executor.follow(order, TimePoint(0ms));
        }
    }

    void works(std::size_t at, OwnerId owner, Duration now) {
        houses.at(at).executor.has_work(owner, TimePoint(now));
        act(houses.at(at), now);
    }

    void drains(std::size_t at, OwnerId owner, Duration now) {
        houses.at(at).executor.drained(owner, TimePoint(now));
        act(houses.at(at), now);
        act(houses.at(at), now + 1ms);
    }

    struct House {
        OrderExecutor executor;
        std::string did;
    };

    void act(House& house, Duration now) {
        house.did = fakes::spelled(house.executor.act(TimePoint(now)));
        tell_neighbours(
            houses,
            [](House& each) -> OrderExecutor& { return each.executor; },
            [&](House& each) { each.did = fakes::spelled(each.executor.act(TimePoint(now))); });
    }

    std::array<House, 3> houses;
};

TEST(Neighbours, yield_to_whoever_works_on_a_device_of_the_same_domain) {
    Street street({1, 1, 2});
    street.works(1, other, 0ms);
    street.works(2, other, 0ms);
    street.works(0, important, 1ms);
    EXPECT_EQ(street.houses[1].did, "suspend 2: higher rank has work");
    EXPECT_FALSE(street.houses[2].executor.suspended(other)) << "its memory is another one";
    EXPECT_TRUE(street.houses[0].executor.wants_sampling(important)) << "somebody waits for it";
    street.drains(0, important, 5ms);
    EXPECT_EQ(street.houses[1].did, "resume 2: higher rank drained");
}

// The act that hearing leads to finds that the neighbour's own work is over.
TEST(Neighbours, hear_also_of_what_ends_while_they_are_told) {
    Street street({1, 1, 1});
    street.works(0, other, 0ms);
    street.works(1, important, 0ms);
    ASSERT_TRUE(street.houses[0].executor.suspended(other));
    street.houses[1].executor.drained(important, TimePoint(1ms));
    street.works(2, important, 3ms);
    street.houses[2].executor.drained(important, TimePoint(3ms));
    street.act(street.houses[2], 4ms);
    EXPECT_FALSE(street.houses[0].executor.suspended(other));
}

TEST(Neighbours, are_strangers_without_a_domain) {
    Street street({0, 0, 0});
    street.works(1, other, 0ms);
    street.works(0, important, 1ms);
    EXPECT_FALSE(street.houses[1].executor.suspended(other));
}

TEST(Neighbours, let_a_process_run_on_all_devices_at_once) {
    Street street({1, 1, 1});
    street.works(0, important, 0ms);
    street.works(1, important, 0ms);
    street.works(1, other, 1ms);
    EXPECT_FALSE(street.houses[0].executor.suspended(important));
    EXPECT_FALSE(street.houses[1].executor.suspended(important));
    EXPECT_TRUE(street.houses[1].executor.suspended(other));
}

TEST(Neighbours, resume_who_waited_for_another_device_when_the_domain_is_given_up) {
    Street street({1, 1, 1});
    street.works(1, other, 0ms);
    street.works(0, important, 1ms);
    ASSERT_TRUE(street.houses[1].executor.suspended(other));
    DeviceOrder alone{.gpu = GpuId{2}};
    alone.owners = {{.owner = other, .rank = 0}};
    street.houses[1].executor.follow(alone, TimePoint(2ms));
    street.act(street.houses[1], 2ms);
    EXPECT_FALSE(street.houses[1].executor.suspended(other));
}

// Lateness is not asked for by anything that happens: the executor has to say when it is due.
TEST(Neighbours, are_overtaken_by_who_has_waited_for_them_too_long) {
    Street street({1, 1, 1});
    DeviceOrder patient{.gpu = GpuId{2}, .domain = 1, .longest_suspension = 10s};
    patient.owners = {{.owner = other, .late = {.after = 30ms, .rank = 1000, .lasts = 5ms}}};
    street.houses[1].executor.follow(patient, TimePoint(0ms));
    street.works(1, other, 0ms);
    street.works(0, important, 1ms);
    ASSERT_TRUE(street.houses[1].executor.suspended(other));
    EXPECT_LE(street.houses[1].executor.next_deadline(), TimePoint(31ms));
    street.act(street.houses[1], 31ms);
    EXPECT_FALSE(street.houses[1].executor.suspended(other));
}

TEST(FixedPriority, ages_against_the_priorities_of_the_whole_domain) {
    Snapshot seen = fakes::Machine()
                        .owner(1, {.priority = 10})
                        .queue(1)
                        .owner(2)
                        .queue(2, fakes::second_gpu)
                        .at(1s);
    seen.devices = {{.gpu = fakes::first_gpu, .apu = true},
                    {.gpu = fakes::second_gpu, .apu = true}};
    const auto waits = [&](bool by_domain) {
        FixedPriority policy({.aging = 100ms, .by_domain = by_domain});
        return policy.decide(seen).orders.at(1).owners.at(0).late.after;
    };
    EXPECT_EQ(waits(true), 1s);
    EXPECT_EQ(waits(false), 0s) << "nobody is above it there";
}

TEST(FixedPriority, makes_one_domain_of_the_devices_that_share_the_machines_memory) {
    Snapshot seen =
        fakes::Machine().owner(1).queue(1).queue(1, fakes::second_gpu).queue(1, GpuId{3}).at(1s);
    seen.devices = {{.gpu = GpuId{3}, .apu = true},
                    {.gpu = fakes::first_gpu, .apu = true},
                    {.gpu = fakes::second_gpu, .apu = false}};
    FixedPriority across({.by_domain = true});
    const Decision& decision = across.decide(seen);
    ASSERT_EQ(decision.orders.size(), 3U);
    EXPECT_EQ(decision.orders[0].domain, 1U);
    EXPECT_EQ(decision.orders[1].domain, 1U);
    EXPECT_EQ(decision.orders[2].domain, 0U) << "a card with memory of its own";
    FixedPriority apart({});
    EXPECT_EQ(apart.decide(seen).orders[0].domain, 0U);
}

}  // namespace
}  // namespace penstock
