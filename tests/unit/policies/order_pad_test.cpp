// SPDX-License-Identifier: Apache-2.0

#include "policies/order_pad.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock {
namespace {

using ::testing::ElementsAre;

constexpr GpuId near{1};
constexpr GpuId far{2};

Owner owner_of(std::uint64_t id) {
    return {.id = {id}, .level = PreemptionLevel::debug_suspend};
}

Queue queue_of(std::uint64_t owner, GpuId gpu, std::uint32_t number = 0) {
    return {.key = {.owner = {owner}, .gpu = gpu, .number = number}};
}

// The places of a decision, as (device, owner), in order.
std::vector<std::pair<std::uint32_t, std::uint64_t>> places_of(OrderPad& pad,
                                                               const Snapshot& snapshot) {
    pad.lay_out(snapshot, {});
    pad.fill([](RankedOwner& place, const Owner& owner, const DeviceOrder&) {
        EXPECT_EQ(place.owner, owner.id);
    });
    std::vector<std::pair<std::uint32_t, std::uint64_t>> places;
    for (const DeviceOrder& order : pad.decision().orders) {
        for (const RankedOwner& place : order.owners) {
            places.emplace_back(order.gpu.value, place.owner.value);
        }
    }
    return places;
}

TEST(OrderPad, has_a_place_for_each_owner_of_queues_on_each_device) {
    const Snapshot snapshot{
        .owners = {owner_of(1), owner_of(2), owner_of(3)},
        .queues = {queue_of(1, far), queue_of(1, far, 1), queue_of(3, near), queue_of(3, far)}};
    OrderPad pad;
    EXPECT_THAT(places_of(pad, snapshot),
                ElementsAre(std::pair(1, 3), std::pair(2, 1), std::pair(2, 3)));
    EXPECT_THAT(places_of(pad, snapshot),
                ElementsAre(std::pair(1, 3), std::pair(2, 1), std::pair(2, 3)))
        << "the second time, over the first";
}

TEST(OrderPad, passes_over_queues_of_processes_that_have_vanished) {
    const Snapshot snapshot{.owners = {owner_of(2)},
                            .queues = {queue_of(1, far), queue_of(2, far), queue_of(9, near)}};
    OrderPad pad;
    EXPECT_THAT(places_of(pad, snapshot), ElementsAre(std::pair(2, 2)));
    EXPECT_EQ(pad.decision().orders.size(), 1U) << "nobody is left on the other device";
}

TEST(OrderPad, follows_devices_that_come_and_go) {
    OrderPad pad;
    const Snapshot both{.owners = {owner_of(1), owner_of(2)},
                        .queues = {queue_of(1, near), queue_of(2, far)}};
    const Snapshot one{.owners = both.owners, .queues = {queue_of(2, far)}};
    EXPECT_THAT(places_of(pad, one), ElementsAre(std::pair(2, 2)));
    EXPECT_THAT(places_of(pad, both), ElementsAre(std::pair(1, 1), std::pair(2, 2)));
    EXPECT_THAT(places_of(pad, one), ElementsAre(std::pair(2, 2)));
    EXPECT_TRUE(places_of(pad, {}).empty());
    EXPECT_TRUE(pad.decision().orders.empty());
}

TEST(OrderPad, forgets_what_was_written_before) {
    const Snapshot snapshot{.owners = {owner_of(1)}, .queues = {queue_of(1, near)}};
    OrderPad pad;
    pad.lay_out(snapshot, {});
    pad.fill([](RankedOwner& place, const Owner&, DeviceOrder& order) {
        place.rank = 7;
        order.runners = 3;
    });
    places_of(pad, snapshot);
    EXPECT_EQ(pad.decision().orders[0].owners[0].rank, 0);
    EXPECT_EQ(pad.decision().orders[0].runners, 0U);
}

TEST(OrderPad, has_every_device_go_by_the_rule) {
    const Snapshot snapshot{.owners = {owner_of(1)},
                            .queues = {queue_of(1, near), queue_of(1, far)}};
    OrderPad pad;
    pad.lay_out(snapshot,
                {.settle = Duration(7), .runners = 3, .precedence = Precedence::least_left});
    ASSERT_EQ(pad.decision().orders.size(), 2U);
    for (const DeviceOrder& order : pad.decision().orders) {
        EXPECT_EQ(order.settle, Duration(7));
        EXPECT_EQ(order.runners, 3U);
        EXPECT_EQ(order.precedence, Precedence::least_left);
    }
}

TEST(OrderPad, passes_on_which_queues_an_operator_holds) {
    Snapshot snapshot{.owners = {owner_of(1), owner_of(2)},
                      .queues = {queue_of(1, near), queue_of(2, near), queue_of(2, near, 1)}};
    snapshot.queues[2].held_until = from_ns(5);
    OrderPad pad;
    places_of(pad, snapshot);
    EXPECT_THAT(pad.decision().orders[0].held_queues,
                ElementsAre(HeldQueue{.owner = {2}, .queue = 1, .until = from_ns(5)}));
    snapshot.queues[2].held_until.reset();
    places_of(pad, snapshot);
    EXPECT_TRUE(pad.decision().orders[0].held_queues.empty());
}

}  // namespace
}  // namespace penstock
