// SPDX-License-Identifier: Apache-2.0
//
// Policies that go by the service that owners have had: what they order.

#include <gtest/gtest.h>

#include "policies/feedback_queue.h"
#include "policies/reserved_budget.h"
#include "policies/shortest_first.h"
#include "policies/time_share.h"
#include "tests/fakes/machine.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using fakes::Machine;

Snapshot two_owners() {
    Snapshot seen = Machine().owner(1, {.priority = 3}).queue(1).owner(2).queue(2).at(10s);
    seen.owners[0].weight = 300;
    seen.owners[1].cost = 20ms;
    return seen;
}

TEST(ShortestFirst, lets_what_is_left_decide_between_equal_priorities) {
    ShortestFirst policy({.quantum = 4ms, .aging = 300ms});
    const DeviceOrder order = policy.decide(two_owners()).orders.at(0);
    EXPECT_EQ(order.precedence, Precedence::least_left);
    EXPECT_EQ(order.runners, 1U);
    EXPECT_EQ(order.owners[0].rank, 3);
    EXPECT_EQ(order.owners[1].rank, 0);
    EXPECT_EQ(order.owners[1].cost, 20ms);
    for (const RankedOwner& place : order.owners) {
        EXPECT_TRUE(place.learns);
        EXPECT_EQ(place.late, (RankedOwner::Late{.after = 300ms, .rank = 1000, .lasts = 4ms}));
    }
}

TEST(FeedbackQueue, begins_alike_for_all_and_shares_a_level_by_weight) {
    FeedbackQueue policy({});
    const DeviceOrder order = policy.decide(two_owners()).orders.at(0);
    EXPECT_EQ(order.owners[0].share, 300U);
    EXPECT_EQ(order.owners[1].share, 100U);
    for (const RankedOwner& place : order.owners) {
        EXPECT_EQ(place.rank, 0);
        EXPECT_EQ(place.descent, (Descent{.allotment = 2ms, .levels = 8, .rise = 1s}));
    }
}

TEST(ReservedBudget, is_a_tenth_more_than_the_cost_in_each_deadline) {
    Snapshot seen = two_owners();
    seen.owners[1].deadline = 50ms;
    ReservedBudget policy({.hard = true});
    const DeviceOrder order = policy.decide(seen).orders.at(0);
    EXPECT_EQ(order.owners[0].budget, Budget{});
    EXPECT_EQ(order.owners[1].budget,
              (Budget{.amount = 22ms, .period = 50ms, .rank = 1, .hard = true}));
}

TEST(ReservedBudget, is_never_more_than_the_device_can_keep) {
    Snapshot seen = two_owners();
    for (Owner& owner : seen.owners) {
        owner.deadline = 50ms;
        owner.cost = 80ms;  // Each alone asks for more than there is.
    }
    ReservedBudget policy({});
    const DeviceOrder order = policy.decide(seen).orders.at(0);
    EXPECT_EQ(order.owners[0].budget.amount, order.owners[1].budget.amount);
    EXPECT_NEAR(static_cast<double>(order.owners[0].budget.amount.count()), 0.475 * 50e6, 1);
}

TEST(TimeShare, bounds_everybody_by_its_share_when_it_is_hard) {
    TimeShare policy({.shares = TimeShare::Shares::by_weight, .hard = true});
    const DeviceOrder order = policy.decide(two_owners()).orders.at(0);
    EXPECT_EQ(order.owners[0].budget, (Budget{.amount = 7500us, .period = 10ms, .hard = true}));
    EXPECT_EQ(order.owners[1].budget, (Budget{.amount = 2500us, .period = 10ms, .hard = true}));
}

}  // namespace
}  // namespace penstock
