// SPDX-License-Identifier: Apache-2.0
//
// Who waits for a lease, for how long, and who may pass.

#include <gmock/gmock.h>

#include "policies/leases/waiting_line.h"
#include "tests/unit/leases/stage.h"

namespace penstock::test {
namespace {

using testing::ElementsAre;

TEST(LeaseWaiting, is_in_order_of_arrival) {
    Stage stage;
    const LeaseId holder = stage.enter(stage.wish(70 * giga));
    const LeaseId first = stage.enter(stage.wish(60 * giga));
    const LeaseId second = stage.enter(stage.wish(60 * giga));
    stage.release(holder);
    EXPECT_TRUE(stage.holds(first));
    EXPECT_FALSE(stage.holds(second));
}

TEST(LeaseWaiting, lets_better_classes_go_first) {
    Stage stage;
    const LeaseId holder = stage.enter(stage.wish(70 * giga));
    LeaseWish idle = stage.wish(60 * giga);
    idle.lease_class = LeaseClass::background;
    const LeaseId first = stage.enter(idle);
    const LeaseId second = stage.enter(stage.wish(60 * giga));
    stage.release(holder);
    EXPECT_FALSE(stage.holds(first));
    EXPECT_TRUE(stage.holds(second));
}

TEST(LeaseWaiting, ends_when_the_waiter_s_patience_does) {
    Stage stage;
    stage.enter(stage.wish(70 * giga));
    const LeaseId waiter = stage.enter(stage.wish(60 * giga), 25ms);
    stage.pass(20ms);
    EXPECT_EQ(stage.ledger.due(), stage.now + 5ms);
    stage.pass(5ms);
    EXPECT_THAT(stage.news.expired, ElementsAre(waiter));
    EXPECT_EQ(stage.ledger.find(waiter.number), nullptr);
}

TEST(LeaseWaiting, is_not_in_vain_when_the_waiter_is_looked_at_late) {
    Stage stage;
    const LeaseId id = stage.ledger.enter(stage.wish(giga), stage.now + 1ms);
    stage.now += 1s;
    stage.settle();
    EXPECT_TRUE(stage.holds(id));
}

TEST(LeaseWaiting, is_passed_by_eight_at_most) {
    Stage stage;
    stage.enter(stage.wish(60 * giga));
    const LeaseId large = stage.enter(stage.wish(70 * giga));
    std::uint32_t passed = 0;
    for (int i = 0; i < 20; ++i) {
        const LeaseId little = stage.enter(stage.wish(giga / 10));
        passed += stage.holds(little) ? 1U : 0U;
    }
    EXPECT_EQ(passed, most_bypasses);
    EXPECT_FALSE(stage.holds(large));
    EXPECT_EQ(stage.ledger.tally().bypassed, most_bypasses);
}

TEST(LeaseWaiting, is_not_passed_any_more_after_20_ms) {
    Stage stage;
    stage.enter(stage.wish(60 * giga));
    stage.enter(stage.wish(70 * giga));
    EXPECT_TRUE(stage.holds(stage.enter(stage.wish(giga / 10))));
    stage.pass(19ms);
    EXPECT_TRUE(stage.holds(stage.enter(stage.wish(giga / 10))));
    stage.pass(1ms);
    EXPECT_FALSE(stage.holds(stage.enter(stage.wish(giga / 10))));
    LeaseWish urgent = stage.wish(giga / 10);
    urgent.lease_class = LeaseClass::critical;
    EXPECT_TRUE(stage.holds(stage.enter(urgent))) << "for a critical one nobody waits";
}

TEST(LeaseWaiting, is_of_one_pool_only) {
    Stage stage;
    stage.enter(stage.wish(70 * giga));
    stage.enter(stage.wish(60 * giga));
    LeaseWish elsewhere = stage.wish(60 * giga);
    elsewhere.pool = other_node;
    EXPECT_TRUE(stage.holds(stage.enter(elsewhere)));
    EXPECT_EQ(stage.ledger.tally().bypassed, 0U);
}

TEST(LeaseWaiting, is_shorter_for_whom_a_critical_one_waits) {
    Stage stage;
    LeaseWish alone = stage.wish(giga);
    alone.exclusive = true;
    alone.lease_class = LeaseClass::background;
    stage.enter(alone);
    LeaseWish elsewhere = stage.wish(70 * giga);
    elsewhere.pool = other_node;
    const LeaseId holder = stage.enter(elsewhere);
    elsewhere.party.pid = 7;
    const LeaseId other = stage.enter(elsewhere);
    elsewhere.party = alone.party;
    elsewhere.lease_class = LeaseClass::background;
    const LeaseId own = stage.enter(elsewhere);
    LeaseWish urgent = stage.wish(giga);
    urgent.lease_class = LeaseClass::critical;
    stage.enter(urgent);
    stage.release(holder);
    EXPECT_TRUE(stage.holds(own)) << "it blocks the critical one, and inherits its class";
    EXPECT_FALSE(stage.holds(other));
}

}  // namespace
}  // namespace penstock::test
