// SPDX-License-Identifier: Apache-2.0

#include "policies/queue_holds.h"

#include <gtest/gtest.h>

#include "tests/unit/policies/stage.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;

DeviceOrder with_held(std::vector<HeldQueue> held_queues) {
    DeviceOrder order = one_above_two();
    order.held_queues = std::move(held_queues);
    return order;
}

TEST(QueueHolds, suspend_one_queue_until_their_time) {
    Stage stage;
    stage.at(0ms).follow(with_held({held(2, 7, 500ms)}));
    EXPECT_EQ(stage.acts(), "suspend 2 queue 7: operator request");
    EXPECT_TRUE(stage.holds(2, 7));
    EXPECT_FALSE(stage.holds(2, 8));
    EXPECT_FALSE(stage.suspended(2)) << "its others run";
    EXPECT_EQ(stage.deadline(), 500ms);
    EXPECT_EQ(stage.at(499ms).acts(), "");
    EXPECT_EQ(stage.at(500ms).acts(), "resume 2 queue 7: operator request");
    EXPECT_FALSE(stage.anyone_suspended());
    EXPECT_EQ(stage.deadline(), std::nullopt);
}

TEST(QueueHolds, end_when_the_order_no_longer_names_them) {
    Stage stage;
    stage.at(0ms).follow(with_held({held(2, 7, 500ms), held(2, 8, 500ms)})).proceeds();
    stage.at(1ms).follow(with_held({held(2, 8, 500ms)}));
    EXPECT_EQ(stage.acts(), "resume 2 queue 7: order changed");
    EXPECT_TRUE(stage.holds(2, 8));
    EXPECT_EQ(stage.at(2ms).follow({.gpu = fakes::first_gpu}).acts(),
              "resume 2 queue 8: order changed");
}

TEST(QueueHolds, are_drawn_out_and_shortened_by_later_orders) {
    Stage stage;
    stage.at(0ms).follow(with_held({held(2, 7, 10ms)})).proceeds();
    EXPECT_EQ(stage.at(5ms).follow(with_held({held(2, 7, 30ms)})).acts(), "");
    EXPECT_EQ(stage.at(10ms).acts(), "");
    EXPECT_EQ(stage.at(20ms).follow(with_held({held(2, 7, 15ms)})).acts(),
              "resume 2 queue 7: operator request");
}

TEST(QueueHolds, outlast_a_suspension_of_their_owner) {
    Stage stage;
    stage.at(0ms).follow(with_held({held(2, 7, 500ms)})).works(1).works(2);
    EXPECT_EQ(stage.acts(), "suspend 2 queue 7: operator request; suspend 2: higher rank has work");
    EXPECT_EQ(stage.at(10ms).drains(1).at(11ms).acts(), "resume 2: higher rank drained");
    EXPECT_TRUE(stage.holds(2, 7));
}

TEST(QueueHolds, that_end_meanwhile_leave_the_owner_suspended) {
    Stage stage;
    stage.at(0ms).follow(with_held({held(2, 7, 10ms)})).works(1).works(2).proceeds();
    EXPECT_EQ(stage.at(10ms).acts(), "resume 2 queue 7: operator request");
    EXPECT_TRUE(stage.suspended(2));
    EXPECT_FALSE(stage.holds(2, 7));
}

TEST(QueueHolds, that_end_with_the_suspension_of_their_owner_come_after_it) {
    Stage stage;
    stage.at(0ms).follow(with_held({held(2, 7, 11ms)})).works(1).works(2).proceeds();
    EXPECT_EQ(stage.at(10ms).drains(1).at(11ms).acts(),
              "resume 2: higher rank drained; resume 2 queue 7: operator request");
}

TEST(QueueHolds, count_as_suspensions_but_do_not_wait) {
    DeviceOrder order = with_held({held(2, 7, 1s)});
    order.suspension_interval = 100ms;
    order.suspension_burst = 1;
    Stage stage;
    stage.at(0ms).follow(order).proceeds();
    EXPECT_EQ(stage.at(1ms).works(1).works(2).acts(), "") << "the hold has used the budget up";
    order.held_queues.push_back(held(2, 8, 1s));
    EXPECT_EQ(stage.at(2ms).follow(order).acts(), "suspend 2 queue 8: operator request");
}

TEST(QueueHolds, of_a_suspended_owner_cost_nothing_more) {
    DeviceOrder order = one_above_two();
    order.suspension_interval = 100ms;
    order.suspension_burst = 1;
    Stage stage;
    stage.at(0ms).follow(order).works(1).works(2).proceeds();
    order.held_queues = {held(2, 7, 1s)};
    stage.at(1ms).follow(order).proceeds();
    stage.at(10ms).drains(1).at(11ms).proceeds();
    EXPECT_EQ(stage.at(100ms).works(1).acts(), "suspend 2: higher rank has work");
}

TEST(QueueHolds, are_tried_again_after_a_pause_that_grows) {
    Stage stage;
    stage.at(0ms).follow(with_held({held(2, 7, 1s)})).proceeds();
    stage.fails_queue(2, 7, Verb::suspend);
    EXPECT_FALSE(stage.holds(2, 7));
    EXPECT_EQ(stage.deadline(), 10ms);
    EXPECT_EQ(stage.at(9ms).acts(), "");
    EXPECT_EQ(stage.at(10ms).acts(), "suspend 2 queue 7: operator request");
    stage.fails_queue(2, 7, Verb::suspend);
    EXPECT_EQ(stage.deadline(), 30ms);
}

TEST(QueueHolds, whose_resume_failed_are_resumed_at_the_next_act) {
    Stage stage;
    stage.at(0ms).follow(with_held({held(2, 7, 10ms)})).proceeds();
    stage.at(10ms).proceeds();
    stage.fails_queue(2, 7, Verb::resume);
    EXPECT_TRUE(stage.holds(2, 7));
    EXPECT_EQ(stage.deadline(), 11ms);
    EXPECT_EQ(stage.at(11ms).acts(), "resume 2 queue 7: operator request");
}

TEST(QueueHolds, of_who_or_what_is_gone_are_forgotten) {
    Stage stage;
    stage.at(0ms).follow(with_held({held(1, 3, 1s), held(2, 7, 1s), held(2, 8, 1s)})).proceeds();
    stage.destroys(2, 7);
    EXPECT_FALSE(stage.holds(2, 7));
    EXPECT_TRUE(stage.holds(2, 8));
    stage.dies(2);
    EXPECT_FALSE(stage.holds(2, 8));
    EXPECT_EQ(stage.at(1s).acts(), "resume 1 queue 3: operator request");
}

TEST(QueueHolds, ignore_failures_of_queues_they_do_not_know) {
    Stage stage;
    stage.at(0ms).follow(with_held({}));
    stage.fails_queue(2, 7, Verb::suspend);
    EXPECT_EQ(stage.acts(), "");
    EXPECT_EQ(stage.deadline(), std::nullopt);
}

TEST(QueueHolds, are_at_most_those_of_two_orders) {
    QueueHolds holds;
    std::vector<Action> actions;
    for (std::uint32_t order = 0; order < 4; ++order) {
        std::vector<HeldQueue> places;
        for (std::uint32_t i = 0; i < DeviceOrder::most_held_queues; ++i) {
            places.push_back(held(1, (order * 1000) + i, 1s));
        }
        holds.follow(places);
        holds.begin(TimePoint(0s), actions);
    }
    EXPECT_EQ(holds.all().size(), QueueHolds::most_holds);
    EXPECT_EQ(actions.size(), QueueHolds::most_holds);
}

}  // namespace
}  // namespace penstock
