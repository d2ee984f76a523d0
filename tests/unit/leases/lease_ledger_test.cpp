// SPDX-License-Identifier: Apache-2.0

#include "policies/leases/lease_ledger.h"

#include <gmock/gmock.h>

#include "tests/unit/leases/stage.h"

namespace penstock::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(LeaseLedger, gives_out_95_percent_of_the_peak) {
    const Stage stage;
    EXPECT_EQ(stage.ledger.capacity(node), whole);
    EXPECT_EQ(stage.ledger.capacity({.number = 7}), std::nullopt);
}

TEST(LeaseLedger, grants_beside_others_what_fits) {
    Stage stage;
    const LeaseId one = stage.enter(stage.wish(30 * giga));
    const LeaseId two = stage.enter(stage.wish(40 * giga));
    EXPECT_EQ(stage.granted(one), 30 * giga);
    EXPECT_EQ(stage.granted(two), 40 * giga);
    EXPECT_EQ(stage.ledger.granted(node), 70 * giga);
    EXPECT_EQ(stage.ledger.due(), stage.now + 10ms) << "to see whether shares have to shift";
    stage.pass(10ms);
    EXPECT_EQ(stage.ledger.due(), std::nullopt) << "nothing changes by itself";
}

TEST(LeaseLedger, grants_the_next_as_soon_as_there_is_room) {
    Stage stage;
    const LeaseId one = stage.enter(stage.wish(60 * giga));
    const LeaseId two = stage.enter(stage.wish(60 * giga));
    EXPECT_FALSE(stage.holds(two));
    stage.release(one);
    EXPECT_THAT(stage.news.granted, ElementsAre(two));
    EXPECT_EQ(stage.granted(two), 60 * giga);
}

TEST(LeaseLedger, keeps_a_fifth_for_critical_leases) {
    Stage stage;
    EXPECT_EQ(stage.ledger.bar(stage.wish(77 * giga), false), LeaseBar::too_large);
    stage.enter(stage.wish(76 * giga));
    LeaseWish urgent = stage.wish(19 * giga);
    urgent.lease_class = LeaseClass::critical;
    EXPECT_EQ(stage.granted(stage.enter(urgent)), 19 * giga);
}

TEST(LeaseLedger, never_takes_from_a_lease_what_it_can_not_do_without) {
    Stage stage;
    const LeaseId fixed = stage.enter(stage.wish(50 * giga));
    const LeaseId elastic = stage.enter(stage.wish(45 * giga, 10 * giga));
    LeaseWish urgent = stage.wish(60 * giga, giga);
    urgent.lease_class = LeaseClass::critical;
    const LeaseId critical = stage.enter(urgent);
    EXPECT_EQ(stage.granted(fixed), 50 * giga);
    EXPECT_EQ(stage.granted(elastic), 10 * giga) << "at once, for a critical one";
    EXPECT_EQ(stage.granted(critical), 35 * giga);
}

TEST(LeaseLedger, shifts_shares_by_a_quarter_at_a_time) {
    Stage stage;
    const LeaseId one = stage.enter(stage.wish(95 * giga, giga));
    EXPECT_EQ(stage.granted(one), whole);
    const LeaseId two = stage.enter(stage.wish(95 * giga, giga));
    EXPECT_FALSE(stage.holds(two)) << "others make room for it step by step";
    stage.pass(10ms);
    EXPECT_EQ(stage.granted(one), whole - usual_floor);
    EXPECT_EQ(stage.granted(two), usual_floor);
    stage.pass(10ms);
    EXPECT_EQ(stage.granted(one), (whole - usual_floor) * 3 / 4);
    EXPECT_EQ(stage.granted(two), usual_floor * 5 / 4);
    stage.pass(200ms);
    EXPECT_NEAR(static_cast<double>(stage.granted(one)), whole / 2.0, 2);
    EXPECT_NEAR(static_cast<double>(stage.granted(two)), whole / 2.0, 2);
}

TEST(LeaseLedger, shares_by_class_and_weight) {
    Stage stage;
    LeaseWish bulk = stage.wish(95 * giga, giga);
    bulk.lease_class = LeaseClass::stream;
    const LeaseId normal = stage.enter(stage.wish(95 * giga, giga));
    const LeaseId stream = stage.enter(bulk);
    stage.pass(1s);
    EXPECT_NEAR(static_cast<double>(stage.granted(normal)),
                2.0 * static_cast<double>(stage.granted(stream)),
                8);
}

TEST(LeaseLedger, lends_what_is_not_used_and_gives_it_back_at_once_to_a_critical_one) {
    Stage stage;
    LeaseWish urgent = stage.wish(60 * giga, 10 * giga);
    urgent.lease_class = LeaseClass::critical;
    const LeaseId critical = stage.enter(urgent);
    const LeaseId other = stage.enter(stage.wish(95 * giga, giga));
    EXPECT_EQ(stage.granted(critical), 60 * giga);
    for (int i = 0; i < 40; ++i) {
        stage.ledger.note_use(critical, 16 * giga);
        stage.pass(10ms);
    }
    EXPECT_EQ(stage.granted(critical), 20 * giga) << "a quarter more than it uses";
    EXPECT_EQ(stage.granted(other), 75 * giga);
    stage.ledger.note_use(critical, 20 * giga);
    stage.pass(10ms);
    EXPECT_EQ(stage.granted(critical), 60 * giga);
    EXPECT_EQ(stage.granted(other), 35 * giga);
}

TEST(LeaseLedger, gives_an_exclusive_lease_all_and_nobody_beside_it) {
    Stage stage;
    const LeaseId first = stage.enter(stage.wish(10 * giga));
    LeaseWish alone = stage.wish(20 * giga);
    alone.exclusive = true;
    const LeaseId exclusive = stage.enter(alone);
    EXPECT_FALSE(stage.holds(exclusive));
    stage.release(first);
    EXPECT_EQ(stage.granted(exclusive), whole);
    EXPECT_FALSE(stage.holds(stage.enter(stage.wish(giga))));
    EXPECT_EQ(stage.ledger.bar(alone, false), LeaseBar::waits_for_itself);
}

TEST(LeaseLedger, makes_an_exclusive_lease_an_ordinary_one_when_others_wait_too_long) {
    Stage stage;
    LeaseWish alone = stage.wish(20 * giga);
    alone.exclusive = true;
    const LeaseId exclusive = stage.enter(alone);
    stage.pass(1s);
    EXPECT_EQ(stage.granted(exclusive), whole) << "nobody waits";
    const LeaseId waiter = stage.enter(stage.wish(50 * giga));
    EXPECT_EQ(stage.granted(exclusive), 20 * giga);
    EXPECT_EQ(stage.granted(waiter), 50 * giga);
    EXPECT_EQ(stage.ledger.tally().downgraded, 1U);
}

TEST(LeaseLedger, bars_what_can_never_be_granted) {
    Stage stage;
    LeaseWish elsewhere = stage.wish(giga);
    elsewhere.pool.number = 7;
    EXPECT_EQ(stage.ledger.bar(elsewhere, false), LeaseBar::capacity_unknown);
    LeaseWish urgent = stage.wish(whole + 1);
    urgent.lease_class = LeaseClass::critical;
    EXPECT_EQ(stage.ledger.bar(urgent, false), LeaseBar::too_large);
}

TEST(LeaseLedger, bounds_the_leases_of_a_user_and_of_all) {
    Stage stage;
    stage.ledger.limit({.most = 4, .most_of_a_user = 2});
    stage.enter(stage.wish(giga));
    stage.enter(stage.wish(giga));
    LeaseWish another = stage.wish(giga);
    EXPECT_EQ(stage.ledger.bar(another, true), LeaseBar::too_many_of_user);
    EXPECT_EQ(stage.ledger.bar(another, false), LeaseBar::none) << "whose are not counted";
    another.party.uid = 1001;
    EXPECT_EQ(stage.ledger.bar(another, true), LeaseBar::none);
    stage.enter(another);
    stage.enter(another);
    another.party.uid = 1002;
    EXPECT_EQ(stage.ledger.bar(another, true), LeaseBar::too_many);
    EXPECT_EQ(stage.ledger.asked_by(1001, node), 2 * giga);
}

TEST(LeaseLedger, releases_a_lease_once) {
    Stage stage;
    const LeaseId first = stage.enter(stage.wish(giga));
    stage.release(first);
    EXPECT_FALSE(stage.ledger.release(first));
    const LeaseId later{.number = first.number, .generation = first.generation + 1};
    EXPECT_FALSE(stage.ledger.release(later));
    EXPECT_EQ(stage.ledger.granted(node), 0U);
}

TEST(LeaseLedger, takes_over_the_promises_of_a_former_agent) {
    LeaseLedger ledger;
    const TimePoint now = from_ns(5);
    EXPECT_TRUE(ledger.restore(7, {.pool = node, .want = 60 * giga}, 50 * giga, now));
    EXPECT_FALSE(ledger.restore(7, {.pool = node, .want = giga}, giga, now)) << "taken";
    EXPECT_FALSE(ledger.restore(0, {.pool = node, .want = giga}, giga, now)) << "no number";
    ledger.measure(node, 40 * giga, now);
    EXPECT_EQ(ledger.granted(node), 50 * giga) << "though the machine became smaller";
    EXPECT_EQ(ledger.enter({.pool = node, .want = 1}, now).number, 8U);
    EXPECT_THAT(ledger.settle(now).granted, IsEmpty());
}

TEST(LeaseLedger, makes_grants_smaller_when_the_pool_does) {
    Stage stage;
    const LeaseId elastic = stage.enter(stage.wish(95 * giga, giga));
    stage.ledger.measure(node, 50 * giga, stage.now);
    EXPECT_EQ(stage.granted(elastic), 47'500'000'000U);
    stage.ledger.measure(node, std::nullopt, stage.now);
    stage.pass(50ms);
    EXPECT_EQ(stage.granted(elastic), 47'500'000'000U) << "it stays while nobody knows";
}

}  // namespace
}  // namespace penstock::test
