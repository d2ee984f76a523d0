// SPDX-License-Identifier: Apache-2.0
//
// Shipped scenarios about shares of a device.

#include <gtest/gtest.h>

#include "sim/paper/bounds.h"
#include "tests/sim/stage.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;

const char* const partitions[] = {"p6_partition_50us_50us",
                                  "p6_partition_50us_500us",
                                  "p6_partition_500us_50us",
                                  "p6_partition_50us_2ms"};

TEST(ShareScenario, divides_three_to_one_whatever_the_lengths_of_kernels) {
    for (const char* name : partitions) {
        const Stage stage(shipped(name), "partition");
        EXPECT_NEAR(stage.part_of("foreground"), 0.75, bounds::partition_error) << name;
        EXPECT_LE(stage.overhead(), bounds::partition_overhead) << name;
    }
}

TEST(ShareScenario, divides_as_well_where_the_running_kernel_can_not_be_saved) {
    for (const char* name : partitions) {
        Scenario scenario = shipped(name);
        scenario.devices.front().reach = Reach::unstarted;
        const Stage stage(scenario, "partition");
        EXPECT_NEAR(stage.part_of("foreground"), 0.75, bounds::partition_error) << name;
    }
}

// The gate sees when packets begin, not when they end: what runs on after a turn is charged to
// about the settle time. Turns that are long beside that make it small.
TEST(ShareScenario, charges_held_launches_for_what_was_in_flight) {
    for (const char* name : partitions) {
        Scenario scenario = shipped(name);
        DeviceModel& device = scenario.devices.front();
        device.level = PreemptionLevel::launch_limit;
        device.reach = Reach::launches;
        device.launch_threshold = 8;
        device.launch_batch = 4;
        scenario.policies.push_back(
            {.name = "long-turns", .base = "partition", .settings = {.quantum = 20ms}});
        const Stage stage(scenario, "long-turns");
        EXPECT_NEAR(stage.part_of("foreground"), 0.75, 0.02) << name;
        EXPECT_LE(stage.overhead(), 0.001) << name;
    }
}

TEST(ShareScenario, is_fair_by_weight) {
    const Stage stage(shipped("p7_fair"), "partition");
    EXPECT_NEAR(stage.part_of("one"), 1.0 / 6, 0.01 / 6);
    EXPECT_NEAR(stage.part_of("two"), 2.0 / 6, 0.02 / 6);
    EXPECT_NEAR(stage.part_of("three"), 3.0 / 6, 0.03 / 6);
}

TEST(ShareScenario, gives_eight_equal_turns) {
    const Stage stage(shipped("p7_round_robin"), "round-robin");
    double sum = 0;
    double squares = 0;
    for (const JobFigures& job : stage.run().jobs) {
        const auto service = static_cast<double>(job.service.count());
        sum += service;
        squares += service * service;
    }
    EXPECT_GE(sum * sum / (8 * squares), bounds::fairness) << "Jain's index";
}

}  // namespace
}  // namespace penstock::sim
