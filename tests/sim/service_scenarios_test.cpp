// SPDX-License-Identifier: Apache-2.0
//
// Shipped scenarios about work of different lengths, and about reservations.

#include <gtest/gtest.h>

#include "tests/sim/stage.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;

TEST(ServiceScenario, does_short_work_sooner_where_costs_are_known) {
    const Scenario scenario = shipped("mixed_lengths");
    const Stage shortest(scenario, "shortest-first");
    const Stage equal(scenario, "round-robin");
    EXPECT_LE(shortest.value("short", "mean_ms"), 0.7 * equal.value("short", "mean_ms"));
    EXPECT_LE(shortest.value("medium", "mean_ms"), equal.value("medium", "mean_ms"));
    EXPECT_LE(shortest.value("long", "longest_wait_ms"), 1500) << "nobody waits for ever";
}

TEST(ServiceScenario, does_short_work_sooner_where_costs_are_learnt) {
    Scenario scenario = shipped("mixed_lengths");
    for (JobModel& job : scenario.jobs) {
        job.cost = {};
    }
    const Stage learnt(scenario, "shortest-first");
    const Stage equal(scenario, "round-robin");
    EXPECT_LE(learnt.value("short", "mean_ms"), 0.7 * equal.value("short", "mean_ms"));
}

TEST(ServiceScenario, does_short_work_sooner_where_nothing_is_known) {
    const Scenario scenario = shipped("mixed_lengths");
    const Stage feedback(scenario, "feedback-queue");
    const Stage equal(scenario, "round-robin");
    EXPECT_LE(feedback.value("short", "mean_ms"), 0.85 * equal.value("short", "mean_ms"));
}

TEST(ServiceScenario, keeps_a_reservation_beside_those_that_take_everything) {
    const Scenario scenario = shipped("reservation");
    const Stage reserved(scenario, "reserved-budget");
    EXPECT_NEAR(reserved.value("control", "device_share"), 0.3, 0.005);
    EXPECT_EQ(reserved.value("control", "deadline_misses"), 0);
    const Stage shared(scenario, "partition");
    EXPECT_LE(shared.value("control", "device_share"), 0.05) << "its weight is worth little";
}

// 10 ms of every 50; and the time until it is seen to be done.
TEST(ServiceScenario, keeps_neighbours_at_the_same_memory_out_of_the_way) {
    const Scenario scenario = shipped("domain");
    const Stage apart(scenario, "fixed-priority");
    EXPECT_GE(apart.value("neighbour", "device_share"), 0.99);
    const Stage together(scenario, "domain-priority");
    EXPECT_NEAR(together.value("neighbour", "device_share"), 0.8 - 0.04, 0.03);
    EXPECT_GE(together.value("elsewhere", "device_share"), 0.99);
    EXPECT_LE(together.value("neighbour", "yield_p99_us"), 100);
}

TEST(ServiceScenario, gives_no_more_than_a_hard_reservation) {
    Scenario scenario = shipped("reservation");
    scenario.jobs[1].muted = true;
    scenario.jobs[0].arrivals = {.kind = Arrivals::Kind::closed, .depth = 2};
    EXPECT_NEAR(Stage(scenario, "hard").value("control", "device_share"), 0.33, 0.01);
    EXPECT_GE(Stage(scenario, "reserved-budget").value("control", "device_share"), 0.98);
}

TEST(ServiceScenario, leaves_idle_what_a_hard_partition_gives_to_nobody) {
    Scenario scenario = shipped("reservation");
    scenario.jobs[0].weight = 100;  // Of four processes with a hundred each.
    scenario.jobs[0].arrivals = {.kind = Arrivals::Kind::closed, .depth = 2};
    scenario.jobs[1].muted = true;
    EXPECT_NEAR(Stage(scenario, "hard-partition").value("control", "device_share"), 0.25, 0.01);
    EXPECT_GE(Stage(scenario, "partition").value("control", "device_share"), 0.98);
}

}  // namespace
}  // namespace penstock::sim
