// SPDX-License-Identifier: Apache-2.0
//
// Shipped scenarios about priorities. The bounds are those of the paper on XSched where it has
// some, and below them what this machine model came to.

#include <gtest/gtest.h>

#include "sim/paper/bounds.h"
#include "tests/sim/stage.h"

namespace penstock::sim {
namespace {

using namespace std::chrono_literals;

TEST(PriorityScenario, keeps_the_foreground_near_its_own_latency_by_held_launches) {
    const Scenario scenario = shipped("p1_priority");
    const Stage stage(scenario, "quick");
    EXPECT_LE(stage.value("foreground", "slowdown_p99"), bounds::slowdown_of_8);
    EXPECT_GE(stage.value("background", "throughput_relative"), bounds::background_beside_held);
    EXPECT_GE(Stage(scenario, "native").value("foreground", "slowdown_p99"), 2.9);
}

// With first-come sharing a job gets the part of its packets in flight.
TEST(PriorityScenario, is_as_slow_without_orders_as_others_have_packets_in_flight) {
    Scenario scenario = shipped("p1_priority");
    EXPECT_NEAR(Stage(scenario, "observe-only").value("foreground", "slowdown_p99"), 2, 0.05);
    scenario.jobs[1].streams = 2;
    EXPECT_NEAR(Stage(scenario, "observe-only").value("foreground", "slowdown_p99"), 3, 0.05);
}

// A settle time of 1 ms and a look every millisecond take 1.5 ms of each 50.
TEST(PriorityScenario, gives_less_to_the_background_by_the_settle_time) {
    const Stage stage(shipped("p1_priority"), "fixed-priority");
    EXPECT_LE(stage.value("foreground", "slowdown_p99"), bounds::slowdown_of_8);
    EXPECT_NEAR(stage.value("background", "throughput_relative"), 0.80 - (1.5 / 50), 0.01);
}

TEST(PriorityScenario, does_better_where_what_is_in_flight_can_be_taken_away) {
    for (const char* name : {"p2_priority_deactivate", "p2_priority_save"}) {
        const Stage stage(shipped(name), "quick");
        EXPECT_LE(stage.value("foreground", "slowdown_p99"), bounds::slowdown_taken_away) << name;
        EXPECT_GE(stage.value("background", "throughput_relative"),
                  bounds::background_beside_taken_away)
            << name;
    }
}

// Eight kernels in flight at most: whoever comes waits for all of them.
TEST(PriorityScenario, yields_in_proportion_to_the_kernels_where_launches_are_held) {
    const Stage stage(shipped("p3_yield"), "quick");
    for (const auto& [job, kernel_us] : {std::pair{"foreground-100", 100.0},
                                         std::pair{"foreground-500", 500.0},
                                         std::pair{"foreground-1000", 1000.0},
                                         std::pair{"foreground-2000", 2000.0}}) {
        const double own_us = 50;
        const double waited_us = (stage.value(job, "p99_ms") * 1000) - own_us;
        EXPECT_GE(waited_us, bounds::yield_of_8_least * kernel_us) << job;
        EXPECT_LE(waited_us, bounds::yield_of_8_most * kernel_us) << job;
    }
}

Scenario yield_with(Reach reach, Duration save) {
    Scenario scenario = shipped("p3_yield");
    for (DeviceModel& device : scenario.devices) {
        device.level = PreemptionLevel::debug_suspend;
        device.reach = reach;
        device.save = device.restore = save;
    }
    return scenario;
}

TEST(PriorityScenario, yields_after_one_kernel_where_the_others_are_deactivated) {
    const Stage stage(yield_with(Reach::unstarted, 0us), "quick");
    for (const auto& [job, kernel_us] : {std::pair{"background-100", 100.0},
                                         std::pair{"background-500", 500.0},
                                         std::pair{"background-1000", 1000.0},
                                         std::pair{"background-2000", 2000.0}}) {
        const double order_us = 10;
        EXPECT_LE(stage.value(job, "yield_p99_us"), (bounds::yield_of_1 * kernel_us) + order_us)
            << job;
    }
}

TEST(PriorityScenario, yields_in_constant_time_where_what_runs_is_saved) {
    const Stage stage(yield_with(Reach::running, 100us), "quick");
    for (const char* job :
         {"background-100", "background-500", "background-1000", "background-2000"}) {
        EXPECT_NEAR(stage.value(job, "yield_p99_us"), 110, 0.1) << job;
        EXPECT_NEAR(stage.value(job, "yield_p50_us"), 110, 0.1) << job;
    }
}

// 5 ms after every 300 ms: 1.64 %.
TEST(PriorityScenario, gives_who_has_waited_a_turn_and_no_more) {
    const Stage stage(shipped("p8_aging"), "aging");
    EXPECT_NEAR(stage.value("low", "device_share"), 0.0164, bounds::aging_error);
    EXPECT_LE(stage.job("low").longest_wait, 310ms);
}

TEST(PriorityScenario, lets_a_low_priority_run_by_the_guards_bound_alone) {
    Scenario scenario = shipped("p8_aging");
    scenario.limits = {};
    const Stage stage(scenario, "fixed-priority");
    EXPECT_NEAR(stage.part_of("low"), 10.0 / 220, 0.005) << "half of a window of 20 ms";
    EXPECT_LE(stage.job("low").longest_wait, 201ms);
}

TEST(PriorityScenario, harvests_what_production_leaves) {
    for (const char* name : {"p10_harvest_launch-limit", "p10_harvest_deactivate"}) {
        const Scenario scenario = shipped(name);
        const Stage quick(scenario, "quick");
        EXPECT_GE(quick.value("production", "throughput_relative"), bounds::production) << name;
        EXPECT_GE(quick.value("opportunistic", "device_share"), bounds::opportunistic) << name;
        const Stage usual(scenario, "harvest");
        EXPECT_GE(usual.value("production", "throughput_relative"), bounds::production) << name;
        EXPECT_GE(usual.value("opportunistic", "device_share"), 0.17) << "settles for 2 ms";
    }
}

TEST(PriorityScenario, meets_deadlines_and_serves_the_short_ones_sooner) {
    const Scenario scenario = shipped("p11_serving");
    const Stage native(scenario, "native");
    const Stage stage(scenario, "k-edf");
    const auto stretch = [](const Stage& of) {
        return static_cast<double>(of.run().stretch.quantile(0.99));
    };
    EXPECT_LE(stretch(stage), stretch(native) / bounds::serving_gain);
    std::uint64_t misses = 0;
    for (const JobFigures& job : stage.run().jobs) {
        misses += job.misses;
    }
    EXPECT_LE(static_cast<double>(misses),
              bounds::serving_misses * static_cast<double>(stage.run().stretch.count()));
    EXPECT_LE(stage.value("tiny", "p99_ms"), native.value("tiny", "p99_ms") / 2);
}

}  // namespace
}  // namespace penstock::sim
